import { argon2 } from 'node:crypto';

/** Returns what may be stored of a password. */
export type HashPassword = (password: string) => Promise<string>;

/** OWASP's first choice of parameters: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const saltBytes = 16;

/** Hashes with argon2id and a salt of its own each time; the result carries salt and cost (PHC string format). */
export function createPasswordHash(random: (bytes: number) => Uint8Array): HashPassword {
  return async password => {
    const nonce = random(saltBytes);
    const tag = await derive(password.normalize('NFC'), nonce);
    const { memory, passes, parallelism } = cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(nonce)}$${encode(tag)}`;
  };
}

function derive(message: string, nonce: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  argon2('argon2id', { message, nonce, ...cost }, (error, tag) => (error ? reject(error) : resolve(tag)));
  return promise;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
