// A schedule as a calendar that people subscribe to: iCalendar (RFC 5545), one event a shift, times in UTC so that no
// time zone has to be described.
import { createHash } from 'node:crypto';
import type { Shift } from './schedule.ts';

/** A line has at most 75 octets, RFC 5545 §3.1. */
const LINE_OCTETS = 75;

/**
 * The text of an .ics file.
 * @param schedule its name
 * @param now when it is written, epoch milliseconds
 */
export function calendarText(schedule: string, shifts: readonly Shift[], now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Tidewatch//On call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escaped(`On call: ${schedule}`)}`,
    `X-WR-CALNAME:${escaped(`On call: ${schedule}`)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...shifts.flatMap((shift) => eventLines(schedule, shift, now)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines(schedule: string, { person, by, from, to }: Shift, now: number): string[] {
  if (person === undefined) return [];
  const uid = createHash('sha256')
    .update(JSON.stringify([schedule, person, from]))
    .digest('hex')
    .slice(0, 32);
  return [
    'BEGIN:VEVENT',
    `UID:${uid}@tidewatch`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(from)}`,
    `DTEND:${utc(to)}`,
    `SUMMARY:${escaped(`${person} is on call (${schedule})`)}`,
    `DESCRIPTION:${escaped(by === 'override' ? 'by an override' : `layer ${by}`)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** @example 20261124T090000Z */
function utc(at: number): string {
  return `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** Long lines go on after a line break and a blank; no character is cut. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
