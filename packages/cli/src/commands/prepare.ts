import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEnvironments } from '@slipway/contract';
import { buildAccess } from '../build-access.ts';
import { executionsOf } from '../executions.ts';
import { type LiveService, liveServices } from '../live.ts';
import type { World } from '../world.ts';

export interface Preparation {
  service: string;
  commit: string;
  inputs: string;
  /** Of the image that is released. */
  digest: string;
  /** The execution of the pipeline that releases it. */
  execution: string;
  /** The folder of the release files, a folder per environment. */
  release: string;
  out: string;
}

/**
 * `slipway prepare`: fills the commit and the inputs into the task definitions of a release and tells which environments
 * it would change: an environment that runs this image by this definition already is left alone. Writes shell exports.
 */
export async function prepare(world: World, options: Preparation): Promise<number> {
  const { service, digest, release } = options;
  const environments = loadEnvironments(world.root);
  const { name: product } = environments;
  const at = await buildAccess(environments);
  const overtaken = await overtakes(product, options);
  const changed: string[] = [];
  for (const environment of (await readdir(release)).sort()) {
    const file = join(release, environment, 'taskdef.json');
    const definition = fillIn(await readFile(file, 'utf8'), options);
    await writeFile(file, definition);
    const place = environments.environments.find(({ name }) => name === environment);
    const target = place ? at(place) : {};
    const [live] = await liveServices(target, { product, environment, services: [service] });
    const reason = reasonToRelease(live, { digest, definition: definitionIn(definition), overtaken });
    world.say(`${environment}: ${reason ?? 'runs this image by this definition already, it is left alone'}.`);
    if (reason) changed.push(environment);
  }
  await writeFile(options.out, `export CHANGED=,${changed.join(',')},\n`);
  return 0;
}

/** Why an environment is released to; undefined when a release would change nothing there. */
export function reasonToRelease(
  live: Pick<LiveService, 'commit' | 'definition' | 'digest'> | undefined,
  wanted: { digest: string; definition: string | undefined; overtaken: boolean },
): string | undefined {
  if (!live?.commit) return 'nothing is released there yet';
  if (live.digest !== wanted.digest) return 'another image is live';
  if (live.definition !== wanted.definition) return 'what is live was made by another definition';
  return wanted.overtaken ? 'an older execution is still on its way there' : undefined;
}

/** Whether an older execution is in progress: it may yet change what is live now. */
async function overtakes(product: string, { service, execution }: Preparation): Promise<boolean> {
  const newestFirst = await executionsOf({}, `${product}-${service}`);
  const own = newestFirst.findIndex(each => each.pipelineExecutionId === execution);
  return newestFirst.slice(own + 1).some(each => each.status === 'InProgress');
}

/** The digest stands in the files of further regions, whose registries have the image under it, too. */
export function fillIn(
  text: string,
  { commit, inputs, digest }: Pick<Preparation, 'commit' | 'inputs' | 'digest'>,
): string {
  return text
    .replaceAll('<SLIPWAY_COMMIT>', commit)
    .replaceAll('<SLIPWAY_INPUTS>', inputs)
    .replaceAll('<SLIPWAY_DIGEST>', digest);
}

interface TaskDefinition {
  containerDefinitions: { environment: { name: string; value: string }[] }[];
}

function definitionIn(text: string): string | undefined {
  const { containerDefinitions } = JSON.parse(text) as TaskDefinition;
  const variables = containerDefinitions.flatMap(({ environment }) => environment);
  return variables.find(({ name }) => name === 'SLIPWAY_DEFINITION')?.value;
}
