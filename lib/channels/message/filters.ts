// Filters that templates have beside those of Liquid.
import type { Liquid } from 'liquidjs';
import { formatDuration } from '../../model/duration.ts';
import { cutText, oneLine } from '../cut.ts';
import { pairs } from './facts.ts';

/** `alert` for what fires, `ok` for what is over. */
const STATUS_ICONS: Readonly<Record<string, string>> = { resolved: '✅' };
const PRIORITY_ICONS: Readonly<Record<string, string>> = { P1: '🔥', P2: '🚨', P3: '⚠️', P4: 'ℹ️' };
const SEVERITY_ICONS: Readonly<Record<string, string>> = {
  critical: '🔥',
  page: '🚨',
  error: '🚨',
  high: '🚨',
  warning: '⚠️',
  ticket: '⚠️',
  info: 'ℹ️',
};

/** @example severityIcon('warning') // '⚠️' */
export function severityIcon(word: unknown): string {
  const text = String(word ?? '');
  for (const icons of [STATUS_ICONS, PRIORITY_ICONS, SEVERITY_ICONS]) {
    if (Object.hasOwn(icons, text)) return icons[text]!;
  }
  return '🔔';
}

/** Two largest units, so that it is read at a glance. @param ms milliseconds @example humanizeDuration(5_461_000) // '1h31m' */
export function humanizeDuration(ms: unknown): string {
  const value = Number(ms);
  if (!Number.isFinite(value) || value < 0) return '';
  const seconds = Math.floor(value / 1_000);
  const unit = seconds >= 86_400 ? 3_600 : seconds >= 3_600 ? 60 : 1;
  return formatDuration(seconds * 1_000 - (seconds % unit) * 1_000);
}

/** @param ms epoch milliseconds @example isoTime(0) // '1970-01-01 00:00:00 UTC' */
export function isoTime(ms: unknown): string {
  const value = Number(ms);
  if (!Number.isFinite(value) || Math.abs(value) > 8.64e15) return '';
  return `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function addFilters(engine: Liquid): void {
  engine.registerFilter('severityIcon', severityIcon);
  engine.registerFilter('humanizeDuration', humanizeDuration);
  engine.registerFilter('isoTime', isoTime);
  engine.registerFilter('oneLine', (value: unknown) => oneLine(String(value ?? '')));
  engine.registerFilter('cut', (value: unknown, max: unknown) => cutText(String(value ?? ''), Number(max)));
  engine.registerFilter('labelPairs', (value: unknown) =>
    typeof value === 'object' && value !== null ? pairs(value as Record<string, string>) : '',
  );
}
