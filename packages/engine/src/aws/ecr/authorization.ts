import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { RegistryError } from '@slipway/oci';
import type { Context } from '../../core/context.ts';
import type { EcrTables } from './tables.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const tokenLifetimeMs = 12 * 60 * 60 * 1000;

/** Passwords for `docker login`: they name the caller and their end, signed with a secret of this engine. */
export class Authorization {
  readonly #context: Pick<Context, 'clock' | 'ids'>;
  readonly #secrets: EcrTables['secrets'];

  constructor(context: Pick<Context, 'clock' | 'ids'>, { secrets }: Pick<EcrTables, 'secrets'>) {
    this.#context = context;
    this.#secrets = secrets;
  }

  /** A token in AWS's form, `AWS:<password>` in base 64, and when it ends. */
  issue(accessKeyId: string): { token: string; expiresAt: Date } {
    const expiresAt = this.#context.clock.now() + tokenLifetimeMs;
    const claim = Buffer.from(JSON.stringify([expiresAt, accessKeyId])).toString('base64url');
    const password = `${claim}.${this.#sign(claim)}`;
    return { token: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt: new Date(expiresAt) };
  }

  /** The access key id of whoever fetched the token; undefined without one. Throws DENIED when it is old or not ours. */
  authorize(request: Pick<IncomingMessage, 'headers'>): string | undefined {
    const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,4096})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (encoded === undefined) return undefined;
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    const [, claim, signature] = /^AWS:([\w-]+)\.([0-9a-f]{64})$/.exec(credentials) ?? [];
    if (claim === undefined || !this.#isOurs(claim, signature!)) {
      throw new RegistryError(
        'DENIED',
        'The authorization token is not valid. Get one from GetAuthorizationToken.',
      );
    }
    const [expiresAt, accessKeyId] = JSON.parse(Buffer.from(claim, 'base64url').toString('utf8')) as [
      number,
      string,
    ];
    if (expiresAt > this.#context.clock.now()) return accessKeyId;
    throw new RegistryError('DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
  }

  #isOurs(claim: string, signature: string): boolean {
    return timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(claim)));
  }

  #sign(claim: string): string {
    const known = this.#secrets.get('token');
    const secret = known ?? this.#context.ids.hex(64);
    if (known === undefined) this.#secrets.put('token', secret);
    return createHmac('sha256', secret).update(claim).digest('hex');
  }
}
