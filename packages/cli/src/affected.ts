import { createHash } from 'node:crypto';
import { definitionHash, findServices, loadEnvironments } from '@slipway/contract';
import { buildAccess } from './build-access.ts';
import { type DefinitionHashes, rolledOutServices } from './definition.ts';
import { contentOf, executionsOf, onceKnown } from './executions.ts';
import { imageOf } from './images.ts';
import { buildInputs } from './inputs.ts';
import { type LiveService, liveServices } from './live.ts';
import type { Target } from './target.ts';

/** What a commit would release of a service. */
export interface Wanted {
  service: string;
  /** The hash of what its image is built of. */
  inputs: string;
  /** What the definition makes of it; undefined while the definition does not know it, or knows no good contract. */
  definition?: DefinitionHashes;
  /** Two equal contents give the same release. */
  content: Content;
}

/** What an execution was started to release. */
export interface Content {
  /** The hash of the image's inputs and of what the definition makes of the service. */
  release: string;
  /** The hash of the whole definition, its builds included. */
  definition: string;
}

/** The newest execution of a service's pipeline. */
export interface Newest {
  status: string;
  commit?: string;
  /** Unknown when the pipeline started itself. */
  content?: Content;
}

export interface Judgement {
  service: string;
  content: Content;
  start: boolean;
  /** Half a sentence. */
  reason: string;
}

/**
 * Judges each service of the checkout at `root`, at `commit`, against what is live and against what its pipeline was
 * started for last. The definition of this commit is rolled out already.
 */
export async function judgeServices(
  target: Target,
  { root, commit }: { root: string; commit: string },
): Promise<Judgement[]> {
  const file = loadEnvironments(root);
  const { name: product, environments } = file;
  const services = findServices(root);
  const at = await buildAccess(file);
  const [inputs, definitions, ...live] = await Promise.all([
    buildInputs(root, services),
    rolledOutServices(target, product, services),
    ...environments.map(place =>
      liveServices({ ...target, ...at(place) }, { product, environment: place.name, services }),
    ),
  ]);
  const definition = definitionHash(root);
  return Promise.all(
    services.map(async service => {
      const wanted = wantedOf(service, inputs[service]!, definitions.get(service), definition);
      const [isLive, newest] = await Promise.all([
        matchesAll(
          wanted,
          environments.map(({ name }, index) => ({
            environment: name,
            live: live[index]?.find(each => each.service === service),
          })),
          () => imageOf(target, `${product}/${service}`, wanted.inputs),
        ),
        newestOf(target, `${product}-${service}`),
      ]);
      return { service, content: wanted.content, ...judge(wanted.content, { commit, isLive, newest }) };
    }),
  );
}

/** Whether a service's pipeline is started, and why. */
export function judge(
  content: Content,
  at: { commit: string; isLive: boolean; newest: Newest | undefined },
): { start: boolean; reason: string } {
  const { commit, isLive, newest } = at;
  if (!newest) return { start: true, reason: 'was never released' };
  const moves = newest.status === 'InProgress';
  const succeeded = newest.status === 'Succeeded';
  const short = newest.commit?.slice(0, 10);
  if (newest.commit === commit && (moves || succeeded))
    return { start: false, reason: `is at this commit already (${newest.status})` };
  if (newest.content?.release === content.release) {
    if (moves) return { start: false, reason: `is on its way with the same content since ${short}` };
    // It is live, or somebody rolled it back on purpose since: another team's push does not undo that.
    if (succeeded) return { start: false, reason: `was released with the same content at ${short}` };
    if (newest.content.definition === content.definition)
      return {
        start: false,
        reason: `did not get through with the same content at ${short} (${newest.status})`,
      };
  }
  if (succeeded && isLive) return { start: false, reason: 'is live as it is here' };
  return isLive
    ? { start: true, reason: `is live as it is here, and its newest run is not (${newest.status})` }
    : { start: true, reason: 'differs from what is live' };
}

export function wantedOf(
  service: string,
  inputs: string,
  definition: DefinitionHashes | undefined,
  whole: string,
): Wanted {
  const made = definition ? JSON.stringify(Object.entries(definition).sort()) : whole;
  const release = createHash('sha256').update(`${inputs}\n${made}`).digest('hex').slice(0, 32);
  return { service, inputs, ...(definition && { definition }), content: { release, definition: whole } };
}

/** Whether every environment runs what is wanted. `image` is asked only when inputs differ: they may give the same image. */
export async function matchesAll(
  { inputs, definition }: Wanted,
  places: { environment: string; live: LiveService | undefined }[],
  image: () => Promise<string | undefined>,
): Promise<boolean> {
  const sameDefinition = places.every(
    ({ environment, live }) =>
      live?.definition !== undefined && live.definition === definition?.[environment],
  );
  if (!sameDefinition) return false;
  const others = places.filter(({ live }) => live?.inputs !== inputs);
  if (others.length === 0) return true;
  const digest = await image();
  return digest !== undefined && others.every(({ live }) => live?.digest === digest);
}

async function newestOf(target: Target, pipeline: string): Promise<Newest | undefined> {
  const [newest] = await onceKnown(() => executionsOf(target, pipeline));
  return newest && contentOf(target, pipeline, newest);
}
