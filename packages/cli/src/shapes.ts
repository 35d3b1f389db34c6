import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Environments } from '@slipway/contract';
import type { Target } from './target.ts';

/** Parameter Store answers at most ten names a call. */
const PER_CALL = 10;

type Place = Environments['environments'][number];

/**
 * The shapes that the live stacks of services recorded, by the names of their parameters, and the places that cannot be
 * read with the credentials of the home account.
 */
export async function recordedShapes(
  target: Target,
  environments: Environments,
  services: readonly string[],
): Promise<{ shapes: Record<string, unknown>; unread: Place[] }> {
  const { name: product, account, region: home } = environments;
  const places = environments.environments;
  const reachable = Map.groupBy(
    places.filter(place => place.account === account),
    ({ region }) => region,
  );
  const found = await Promise.all(
    [...reachable].map(([region, here]) => {
      const client = new SSMClient(region === home ? target : { ...target, region });
      const names = here.flatMap(place =>
        services.map(service => `/${product}/shape/${service}/${place.name}`),
      );
      return read(client, names);
    }),
  );
  return {
    shapes: Object.fromEntries(found.flat().sort(([a], [b]) => (a < b ? -1 : 1))),
    unread: places.filter(place => place.account !== account),
  };
}

async function read(client: SSMClient, names: readonly string[]): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for (let first = 0; first < names.length; first += PER_CALL) {
    const Names = names.slice(first, first + PER_CALL);
    const { Parameters } = await client.send(new GetParametersCommand({ Names }));
    for (const { Name = '', Value = '{}' } of Parameters ?? []) found.push([Name, JSON.parse(Value)]);
  }
  return found;
}
