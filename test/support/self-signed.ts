// A certificate signed by its own key, written byte by byte: node:crypto reads them but makes none.
import { createSign, type KeyObject } from 'node:crypto';

const SHA256_WITH_RSA = '06092a864886f70d01010b';
const COMMON_NAME = '0603550403';

/** @returns PEM */
export function selfSigned(
  privateKey: KeyObject,
  publicKey: KeyObject,
  valid: { readonly from: Date; readonly to: Date },
  name = 'sns.amazonaws.com',
): string {
  const algorithm = der(0x30, Buffer.from(SHA256_WITH_RSA, 'hex'), der(0x05));
  const subject = der(
    0x30,
    der(0x31, der(0x30, Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(name)))),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    algorithm,
    subject,
    der(0x30, time(valid.from), time(valid.to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.byteLength;
  if (size < 0x80) return Buffer.concat([Buffer.of(tag, size), content]);
  const digits = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | digits.byteLength), digits, content]);
}
