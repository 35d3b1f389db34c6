import * as z from 'zod';

/** A registered user as it is kept. */
export type User = {
  readonly id: string;
  /** In small letters; no two users have the same. */
  readonly email: string;
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly registeredAt: string;
  readonly passwordHash: string;
};

/** What anybody may know of a user. */
export const profileSchema = z
  .strictObject({ id: z.uuid(), name: z.string(), registeredAt: z.iso.datetime().describe('In UTC') })
  .meta({ id: 'Profile' });
export type Profile = Readonly<z.output<typeof profileSchema>>;

/** What somebody who registers sends. */
export const registrationSchema = z.strictObject({
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
  name: z.string().trim().min(1).max(80),
  password: z.string().min(12).max(128),
});
export type Registration = z.output<typeof registrationSchema>;

/** Makes a user out of a registration. */
export function registerUser(
  { email, name }: Registration,
  passwordHash: string,
  id: string,
  at: Date,
): User {
  return { id, email, name, registeredAt: at.toISOString(), passwordHash };
}

/** Returns what may leave the service: neither the hash nor the address. */
export function toProfile({ id, name, registeredAt }: User): Profile {
  return { id, name, registeredAt };
}
