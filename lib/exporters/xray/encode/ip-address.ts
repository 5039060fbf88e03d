// Tells IP addresses from other text; the usual IPv4 without making a string.
import { isIPv6 } from 'node:net';

const LONGEST_IPV6 = 45;

/** True for an IPv4 or IPv6 address, without port, brackets or zone. */
export function isIpAddress(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > LONGEST_IPV6) return false;
  return isIpv4(bytes, start, end) || isIpv6Address(bytes, start, end);
}

export function isIpv6Address(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > LONGEST_IPV6 || !hasColon(bytes, start, end)) return false;
  const text = bytes.toString('latin1', start, end);
  return !text.includes('%') && isIPv6(text);
}

function hasColon(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0x3a) return true;
  return false;
}

function isIpv4(bytes: Buffer, start: number, end: number): boolean {
  let octets = 0;
  let at = start;
  while (at < end) {
    const first = bytes[at] as number;
    let octet = 0;
    let digits = 0;
    while (at < end) {
      const digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
      digits++;
      at++;
    }
    if (digits === 0 || digits > 3 || octet > 255 || (digits > 1 && first === 48)) return false;
    octets++;
    if (octets === 4) return at === end;
    if (bytes[at] !== 46) return false;
    at++;
  }
  return false;
}
