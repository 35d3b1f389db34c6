import * as z from 'zod';
import { emailSchema } from './email.ts';
import { newPasswordSchema } from './password.ts';

/** A registered user as it is kept. */
export type User = {
  readonly id: string;
  /** In small letters; no two users have the same, and it never changes. */
  readonly email: string;
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly registeredAt: string;
  readonly passwordHash: string;
  /** In the order of the alphabet. */
  readonly roles: readonly string[];
  /** Sessions that were begun in an earlier epoch are over: a new password begins the next one. */
  readonly epoch: number;
};

/** What anybody may know of a user. */
export type Profile = Pick<User, 'id' | 'name' | 'registeredAt'>;

/** What users may know of themselves. */
export type Account = Pick<User, 'id' | 'name' | 'email' | 'registeredAt' | 'roles'>;

/** The name that everybody sees: no characters that hide, break the line or turn the direction of what follows. */
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine(
    name => name.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name),
    'Use letters that can be seen, in one line.',
  );

/** What somebody who registers sends. */
export const registrationSchema = z.strictObject({
  email: emailSchema,
  name: nameSchema,
  password: newPasswordSchema,
});
export type Registration = z.output<typeof registrationSchema>;

/** What users may change of themselves. */
export const changeSchema = z.strictObject({ name: nameSchema });

export const profileSchema = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  registeredAt: z.iso.datetime(),
});
export const accountSchema = z.strictObject({
  ...profileSchema.shape,
  email: z.string(),
  roles: z.array(z.string()),
});

/** Makes a user out of a registration. */
export function registerUser(
  { email, name }: Registration,
  passwordHash: string,
  id: string,
  at: Date,
): User {
  return { id, email, name, registeredAt: at.toISOString(), passwordHash, roles: [], epoch: 0 };
}

/** Returns what may leave the service: neither the hash nor the address. */
export function toProfile({ id, name, registeredAt }: Profile): Profile {
  return { id, name, registeredAt };
}

/** Returns what the user, and nobody else, is shown. */
export function toAccount({ id, name, email, registeredAt, roles }: User): Account {
  return { id, name, email, registeredAt, roles };
}
