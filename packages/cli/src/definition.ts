import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Target } from './target.ts';

/** Parameter Store answers at most ten names a call. */
const PER_CALL = 10;

/** What the definition makes of a service: a hash by environment. */
export type DefinitionHashes = Record<string, string>;

/** The hashes that are rolled out: of the whole definition, and of its part without the services. */
export async function rolledOutDefinition(
  target: Target,
  product: string,
): Promise<{ definition?: string; platform?: string }> {
  const [definition, platform] = [parameter(product), `${parameter(product)}/platform`];
  const command = new GetParametersCommand({ Names: [definition, platform] });
  const { Parameters } = await new SSMClient(target).send(command);
  const find = (name: string) => Parameters?.find(each => each.Name === name)?.Value;
  const found = { definition: find(definition), platform: find(platform) };
  return {
    ...(found.definition && { definition: found.definition }),
    ...(found.platform && { platform: found.platform }),
  };
}

/** What the definition that is rolled out makes of each service; one that it does not know is left out. */
export async function rolledOutServices(
  target: Target,
  product: string,
  services: string[],
): Promise<Map<string, DefinitionHashes>> {
  const client = new SSMClient(target);
  const found = new Map<string, DefinitionHashes>();
  for (let first = 0; first < services.length; first += PER_CALL) {
    const Names = services.slice(first, first + PER_CALL).map(service => `${parameter(product)}/${service}`);
    const { Parameters } = await client.send(new GetParametersCommand({ Names }));
    for (const { Name = '', Value = '{}' } of Parameters ?? [])
      found.set(Name.slice(Name.lastIndexOf('/') + 1), JSON.parse(Value) as DefinitionHashes);
  }
  return found;
}

function parameter(product: string): string {
  return `/${product}/definition`;
}
