import { type Kit, Problem, readBody } from '@slipway/service-kit';
import { Router } from 'express';
import type { HashPassword } from './password.ts';
import { isUserId, registerUser, registrationSchema, toProfile } from './user.ts';
import type { UserStore } from './user-store.ts';

export type RouteDeps = Pick<Kit, 'now' | 'newId'> & {
  readonly users: UserStore;
  readonly hashPassword: HashPassword;
};

/** Routes of the users. Nobody signs in yet: anybody may register and read profiles. */
export function userRoutes({ users, hashPassword, now, newId }: RouteDeps): Router {
  const routes = Router();
  routes.post('/', async (request, response) => {
    const registration = await readBody(request, registrationSchema);
    const hash = await hashPassword(registration.password);
    const user = registerUser(registration, hash, newId(), now());
    if ((await users.add(user)) === 'email-taken') throw new Problem(409, 'This e-mail address is taken.');
    response.status(201).location(`/users/${user.id}`).json(toProfile(user));
  });
  routes.get('/:id', async (request, response) => {
    const { id } = request.params;
    const user = isUserId(id) ? await users.findById(id) : undefined;
    if (user === undefined) throw new Problem(404, 'There is no such user.');
    response.json(toProfile(user));
  });
  return routes;
}
