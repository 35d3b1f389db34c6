import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENT_SIZE_MAX, type Reading, readDocument } from './document.ts';
import { type Environments, environmentsSchema } from './environments.ts';
import { ContractError, type ContractProblem } from './problem.ts';
import { type Contract, serviceSchema } from './service.ts';
import { suggest } from './suggest.ts';

export interface Contracts {
  /** The services whose contracts are good, sorted by name. */
  readonly services: readonly Contract[];
  readonly problems: readonly ContractProblem[];
}

/**
 * Reads `packages/<service>/service.yaml` of every package below `root`. A malformed contract fails alone: its
 * problems are told, the other services are returned. With `only` nothing is told but what concerns that service: its
 * own contract and what it claims that belongs to another.
 */
export function loadContracts(root: string, { only }: { only?: string } = {}): Contracts {
  const known = knownEnvironments(root);
  const names = findServices(root);
  const readings = names
    .map(name => readService(root, name, known))
    .map(reading => withCallees(reading, root, names));
  const problems = readings.flatMap(reading => reading.problems);
  const services: Contract[] = [];
  for (const { value, problemAt } of readings.toSorted(namedLikeTheirPathFirst)) {
    if (value === undefined) continue;
    const clash = services.find(earlier => earlier.path === value.path);
    if (clash) problems.push(problemAt(['path'], `is the path of ${clash.name} already: choose another`));
    else services.push(value);
  }
  return {
    services: services.filter(of(only, service => service.name)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    problems: problems.filter(of(only, problem => problem.service)),
  };
}

/** Of two services that claim a path it belongs to the one that bears its name: /news is never another's than news's. */
function namedLikeTheirPathFirst({ value: a }: Reading<Contract>, { value: b }: Reading<Contract>): number {
  const rank = (contract: Contract | undefined) => (contract?.path.startsWith(`/${contract.name}`) ? 0 : 1);
  return rank(a) - rank(b);
}

function of<T>(only: string | undefined, name: (each: T) => string | undefined): (each: T) => boolean {
  return each => only === undefined || name(each) === only;
}

/**
 * Where a key of a service's contract stands, as in `packages/news/service.yaml:4:7`; for a key that is not there, where
 * its nearest parent does.
 */
export function positionOf(root: string, service: string, key: string): string {
  const file = `packages/${service}/service.yaml`;
  const { problemAt } = readDocument({ text: readText(join(root, file)) ?? '', file }, serviceSchema);
  const { line, column } = problemAt(key.split('.'), '');
  return `${file}:${line}:${column}`;
}

/**
 * Reads `pipeline/environments.yaml`.
 * @throws {ContractError} with every problem of the file
 */
export function loadEnvironments(root: string): Environments {
  const file = 'pipeline/environments.yaml';
  const text = readText(join(root, file));
  if (text === undefined)
    throw new ContractError([missing(file, 'is missing: it names accounts and environments')]);
  const { value, problems } = readDocument({ text, file }, environmentsSchema);
  if (value === undefined) throw new ContractError(problems);
  return value;
}

/**
 * The prefix of every name: `name` of `pipeline/environments.yaml`, also where that file is not good otherwise, so that
 * what is pushed can be watched until it fails on it.
 */
export function productOf(root: string): string {
  const text = readText(join(root, 'pipeline/environments.yaml')) ?? '';
  return /^name:\s*["']?([a-z][a-z0-9-]*)/m.exec(text)?.[1] ?? 'slipway';
}

/** The packages that have a contract, good or not, sorted by name. */
export function findServices(root: string): string[] {
  return readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && isPlainFile(join(root, 'packages', entry.name, 'service.yaml')))
    .map(entry => entry.name)
    .sort();
}

function readService(
  root: string,
  directory: string,
  { product, places }: KnownEnvironments,
): Reading<Contract> {
  const environments = [...new Set(places.map(place => place.environment))];
  const file = `packages/${directory}/service.yaml`;
  const text = readText(join(root, file)) ?? '';
  const reading = readDocument({ text, file, service: directory }, serviceSchema);
  const problems = [...reading.problems];
  if (reading.value !== undefined && reading.value.name !== directory) {
    const message = `must be ${directory}, as its folder packages/${directory}: builds and names follow the folder`;
    problems.push(reading.problemAt(['name'], message));
  }
  const named = [
    ...Object.keys(reading.value?.tasks ?? {}).map(name => ['tasks', name]),
    ...Object.keys(reading.value?.scaling?.environments ?? {}).map(name => ['scaling', 'environments', name]),
  ];
  for (const path of named) {
    const name = path.at(-1)!;
    if (environments.includes(name)) continue;
    const meant = suggest(name, environments) ?? environments.join(' or ');
    problems.push(reading.problemAt(path, `there is no environment ${name}: did you mean ${meant}?`));
  }
  for (const bucket of Object.keys(reading.value?.buckets ?? {})) {
    const long = places.find(place => bucketName(product, directory, place, bucket).length > BUCKET_NAME_MAX);
    if (long === undefined) continue;
    const name = bucketName(product, directory, long, bucket);
    const message = `would be named ${name}, which is longer than the ${BUCKET_NAME_MAX} characters that S3 allows: shorten it`;
    problems.push(reading.problemAt(['buckets', bucket], message));
  }
  if (reading.value === undefined || problems.length > 0) return { ...reading, problems, value: undefined };
  return { ...reading, value: { ...reading.value, tasks: fillTasks(reading.value.tasks, environments) } };
}

/** A service may call those that have a contract, good or not: whoever is called answers at its path. */
function withCallees(
  reading: Reading<Contract>,
  root: string,
  services: readonly string[],
): Reading<Contract> {
  const { value, problemAt } = reading;
  if (value === undefined) return reading;
  const problems = value.calls.flatMap((name, index) => {
    if (services.includes(name)) return [];
    const meant = suggest(name, services);
    const advice = meant ? `did you mean ${meant}?` : 'remove it';
    return [problemAt(['calls', index], `there is no service ${name}: ${advice}`)];
  });
  if (problems.length > 0)
    return { ...reading, problems: [...reading.problems, ...problems], value: undefined };
  return {
    ...reading,
    value: { ...value, callees: value.calls.map(name => ({ name, path: pathOf(root, name) })) },
  };
}

/** A service's path, also where its contract is not good otherwise: that fails nobody who calls it. */
function pathOf(root: string, service: string): string {
  const text = readText(join(root, 'packages', service, 'service.yaml')) ?? '';
  return /^path:\s*["']?(\/[a-z][a-z0-9-]*)/m.exec(text)?.[1] ?? `/${service}`;
}

/** One task in staging, two everywhere else, unless the contract says otherwise. */
function fillTasks(tasks: Record<string, number>, environments: readonly string[]): Record<string, number> {
  return Object.fromEntries(environments.map(name => [name, tasks[name] ?? (name === 'staging' ? 1 : 2)]));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME_MAX = 63;

/** As the definition names it. */
function bucketName(product: string, service: string, { name, account }: KnownPlace, bucket: string): string {
  return `${product}-${service}-${name}-${bucket}-${account}`;
}

type KnownPlace = Pick<Environments['environments'][number], 'name' | 'environment' | 'account'>;

interface KnownEnvironments {
  readonly product: string;
  readonly places: readonly KnownPlace[];
}

/** The places that there are; where their file is not good, which is told elsewhere, the usual two. */
function knownEnvironments(root: string): KnownEnvironments {
  try {
    const { name: product, environments: places } = loadEnvironments(root);
    return { product, places };
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const usual = (name: string) => ({ name, environment: name, account: '000000000000' });
    return { product: 'slipway', places: ['staging', 'production'].map(usual) };
  }
}

function readText(path: string): string | undefined {
  if (!isPlainFile(path)) return undefined;
  return readFileSync(path, 'utf8').slice(0, DOCUMENT_SIZE_MAX + 1);
}

function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function missing(file: string, message: string): ContractProblem {
  return { service: undefined, file, line: 1, column: 1, key: '', value: undefined, message };
}
