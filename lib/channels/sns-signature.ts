// Whether a message that Amazon SNS posts is from SNS, and from a topic that we know.
// Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
import { createVerify, X509Certificate } from 'node:crypto';
import type { SignatureCheck, SignatureFault } from './signatures.ts';

/** A message as it is posted. */
export interface SnsMessage {
  readonly Type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  /** ISO 8601. */
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  /** Base64. */
  readonly Signature: string;
  readonly SigningCertURL: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
}

/** Brings the certificate behind an address of SNS, as PEM; isSnsAddress() has looked at the address. */
export type CertificateSource = (url: string) => Promise<string>;

export interface SnsVerifierOptions {
  readonly certificates: CertificateSource;
  /** Topics that count. */
  readonly topicArns: readonly string[];
  /** Older messages are refused; SNS tries for an hour with its default policy. Milliseconds. */
  readonly maxAgeMs?: number;
}

export type SnsCheck = SignatureCheck | { readonly ok: false; readonly fault: 'unknownTopic' };

const HASHES: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };
const MAX_AGE_MS = 3_600_000;
/** Clocks of senders may run ahead. */
const AHEAD_MS = 5 * 60_000;
const MAX_CERTIFICATES = 8;

const SIGNED: Readonly<Record<SnsMessage['Type'], readonly (keyof SnsMessage)[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** Whether an address is one of SNS itself: only such certificates and confirmations count. */
export function isSnsAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    /^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(url.hostname)
  );
}

/** The message in a body; undefined if it is none. */
export function readSnsMessage(body: string): SnsMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  const type = message.Type;
  if (typeof type !== 'string' || !Object.hasOwn(SIGNED, type)) return undefined;
  const needed = [...SIGNED[type as SnsMessage['Type']], 'SignatureVersion', 'Signature', 'SigningCertURL'];
  const isWhole = needed.every(
    (name) => typeof message[name] === 'string' || (name === 'Subject' && message[name] === undefined),
  );
  return isWhole ? (value as SnsMessage) : undefined;
}

export class SnsVerifier {
  private readonly options: SnsVerifierOptions;
  private readonly known = new Map<string, X509Certificate>();

  constructor(options: SnsVerifierOptions) {
    this.options = options;
  }

  /** @param now epoch milliseconds @throws what the source of certificates throws */
  async verify(message: SnsMessage, now: number): Promise<SnsCheck> {
    const hash = Object.hasOwn(HASHES, message.SignatureVersion)
      ? HASHES[message.SignatureVersion]
      : undefined;
    const signature = Buffer.from(message.Signature, 'base64');
    // Base64 has more than one text for the same bytes.
    if (hash === undefined || signature.toString('base64') !== message.Signature) return no('malformed');
    if (!isSnsAddress(message.SigningCertURL) || !/\.pem$/.test(new URL(message.SigningCertURL).pathname)) {
      return no('malformed');
    }
    const age = now - Date.parse(message.Timestamp);
    if (!(age <= (this.options.maxAgeMs ?? MAX_AGE_MS) && age >= -AHEAD_MS)) return no('expired');
    const certificate = await this.certificate(message.SigningCertURL);
    if (certificate === undefined) return no('malformed');
    const isCurrent = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
    if (!isCurrent) return no('expired');
    const verify = createVerify(hash).update(signedText(message), 'utf8');
    if (!verify.verify(certificate.publicKey, signature)) return no('mismatch');
    if (!this.options.topicArns.includes(message.TopicArn)) return { ok: false, fault: 'unknownTopic' };
    return { ok: true, id: message.MessageId };
  }

  private async certificate(url: string): Promise<X509Certificate | undefined> {
    const known = this.known.get(url);
    if (known !== undefined) return known;
    const text = await this.options.certificates(url);
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(text);
    } catch {
      return undefined;
    }
    if (this.known.size >= MAX_CERTIFICATES) this.known.clear();
    this.known.set(url, certificate);
    return certificate;
  }
}

/** Names and values in turn, each with a line end. */
export function signedText(message: SnsMessage): string {
  return SIGNED[message.Type]
    .filter((name) => message[name] !== undefined)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
}

function no(fault: SignatureFault): SnsCheck {
  return { ok: false, fault };
}
