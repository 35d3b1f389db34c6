import { type Kit, Problem, type Route, route } from '@slipway/service-kit';
import * as z from 'zod';
import type { HashPassword } from './password.ts';
import { profileSchema, registerUser, registrationSchema, toProfile } from './user.ts';
import type { UserStore } from './user-store.ts';

export type RouteDeps = Pick<Kit, 'now' | 'newId'> & {
  readonly users: UserStore;
  readonly hashPassword: HashPassword;
};

/** Routes of the users. Nobody signs in yet: anybody may register and read profiles. */
export function userRoutes({ users, hashPassword, now, newId }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/',
      summary: 'Register a user',
      body: registrationSchema,
      answers: {
        201: { description: 'The profile', schema: profileSchema },
        409: { description: 'The e-mail address is taken' },
      },
      handle: async ({ body }) => {
        const hash = await hashPassword(body.password);
        const user = registerUser(body, hash, newId(), now());
        if ((await users.add(user)) === 'email-taken') {
          throw new Problem(409, 'This e-mail address is taken.');
        }
        return { status: 201, headers: { Location: `/users/${user.id}` }, body: toProfile(user) };
      },
    }),
    route({
      method: 'get',
      path: '/:id',
      summary: 'Read the profile of a user',
      params: z.strictObject({ id: z.uuid() }),
      answers: { 200: { description: 'The profile', schema: profileSchema } },
      handle: async ({ params: { id } }) => {
        const user = await users.findById(id);
        if (user === undefined) throw new Problem(404, 'There is no such user.');
        return { status: 200, body: toProfile(user) };
      },
    }),
  ];
}
