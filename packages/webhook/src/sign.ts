import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a signature is made over, as the Standard Webhooks convention has it. */
export interface SignedParts {
  /** The `webhook-id`. */
  readonly id: string;
  /** The `webhook-timestamp`: seconds since the epoch. */
  readonly timestamp: number;
  /** The body as it is on the wire. */
  readonly body: string | Uint8Array;
}

/** A new secret of 32 random bytes: `whsec_` and their base64. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** The signature by one secret: `v1,` and the base64 of an HMAC-SHA256. */
export const sign = ({ id, timestamp, body }: SignedParts, secret: string): string => {
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${mac.digest('base64')}`;
};

/** The three headers of a signed message, with a signature by each of the secrets. */
export const signatureHeaders = (
  parts: SignedParts,
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> => ({
  'webhook-id': parts.id,
  'webhook-timestamp': String(parts.timestamp),
  'webhook-signature': secrets.map((secret) => sign(parts, secret)).join(' '),
});

/** How strictly a message is looked at. */
export interface VerifyOptions {
  /** Now, seconds since the epoch; the time of the machine if absent. */
  readonly now?: number | undefined;
  /** So far the timestamp may be from now, seconds; 300 if absent. A recorded message cannot be played back later. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Looks at a message as a receiver does. Gives what is wrong with it, undefined when nothing is. Header names are in
 * lower case; of several secrets one has to fit, as while one is replaced.
 */
export const verify = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: string | Uint8Array,
  secrets: readonly string[],
  { now = Math.floor(Date.now() / 1000), toleranceSeconds = 300 }: VerifyOptions = {},
): string | undefined => {
  const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  if (id === undefined) return 'There is no webhook-id.';
  if (time === undefined) return 'There is no webhook-timestamp.';
  if (signatures === undefined) return 'There is no webhook-signature.';
  if (!/^\d{1,15}$/.test(time)) return 'The webhook-timestamp is no number of seconds.';
  const timestamp = Number(time);
  const distance = timestamp - now;
  if (Math.abs(distance) > toleranceSeconds) {
    return `The webhook-timestamp is ${Math.abs(distance)} s ${distance < 0 ? 'old' : 'ahead'}, more than ${toleranceSeconds} s.`;
  }
  const expected = secrets.map((secret) => Buffer.from(sign({ id, timestamp, body }, secret)));
  const given = signatures.split(' ').map((signature) => Buffer.from(signature));
  const fits = expected.some((right) =>
    given.some((signature) => signature.length === right.length && timingSafeEqual(signature, right)),
  );
  return fits ? undefined : 'No webhook-signature is by this secret over this body.';
};
