import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Contract,
  ContractError,
  type ContractProblem,
  definitionHash,
  type Environments,
  findServices,
  loadContracts,
  loadEnvironments,
  platformHash,
  positionOf,
  productOf,
  secretsOf,
} from '@slipway/contract';
import { createApp, createServiceApp } from './app.ts';
import { OutputFolderError, UnknownServiceError } from './errors.ts';
import { type Finding, GuardError } from './guards/finding.ts';
import { guard } from './guards/guard.ts';
import { guardShapes, type RecordedShapes } from './guards/shape.ts';
import { createNames } from './names.ts';
import { rulePriority } from './service/priority.ts';
import { releaseFiles } from './service/release-files.ts';
import { foreignSecrets } from './service/secrets.ts';
import { warningsOf } from './warnings.ts';

export interface SynthOptions {
  /** The repository's root. */
  readonly root: string;
  /** The folder to write; an assembly that it held before is gone. */
  readonly out: string;
  /** Only this service's own stacks; what is wrong with other contracts is not told. */
  readonly service?: string;
  /** What live stacks recorded of themselves: what no update can change must be the same. */
  readonly shapes?: RecordedShapes;
}

export interface SynthResult {
  readonly stacks: readonly string[];
  readonly services: readonly string[];
  /** Contracts that are not good; their services are left out. */
  readonly problems: readonly ContractProblem[];
  /** What must not be deployed; the services that it concerns are left out. */
  readonly findings: readonly Finding[];
  /** What is allowed and should not stay so; told where the whole platform is synthesized. */
  readonly warnings: readonly string[];
}

/**
 * Writes the cloud assembly and, below `release/`, the files that blue/green actions take.
 * @throws {ContractError} when environments.yaml is not good, or the contract of the only service asked for
 * @throws {GuardError} when something that is not of one service alone, or of the only service asked for, must not be
 *   deployed; what was written stays, to be looked at
 * @throws {OutputFolderError} when the folder to write holds something else
 * @throws {UnknownServiceError} when the only service asked for has no contract
 */
export function synthesize({ root, out, service, shapes = {} }: SynthOptions): SynthResult {
  const environments = loadEnvironments(root);
  const { services, problems } = service === undefined ? loadAll(root) : loadOne(root, service);

  const write = (services: readonly Contract[]) => {
    clear(out);
    const app =
      service === undefined
        ? createApp(out, {
            ...{ environments, services },
            ...{ definition: definitionHash(root), platform: platformHash(root) },
          })
        : createServiceApp(out, environments, services[0]!);
    const assembly = app.synth();
    dropTraces(out);
    for (const contract of services) writeReleaseFiles(out, environments, contract);
    return assembly.stacks.map(stack => stack.stackName);
  };
  const judge = () => [
    ...guard(out),
    ...guardShapes(out, shapes, (name, key) => positionOf(root, name, key)),
  ];
  const written =
    service === undefined ? writeGuarded(write, judge, services) : writeOne(write, judge, services);
  return { ...written, problems, warnings: service === undefined ? warningsOf(environments) : [] };
}

type Write = (services: readonly Contract[]) => string[];
type Judge = () => Finding[];

function writeOne(write: Write, judge: Judge, services: readonly Contract[]) {
  const stacks = write(services);
  const findings = judge();
  if (findings.length > 0) throw new GuardError(findings);
  return { stacks, services: services.map(({ name }) => name), findings };
}

/**
 * Leaves out the services that must not be deployed as they are, as it is with malformed contracts. What all of them
 * have alike is nobody's contract: the definition is refused then.
 */
function writeGuarded(
  write: Write,
  judge: Judge,
  services: readonly Contract[],
): Pick<SynthResult, 'stacks' | 'services' | 'findings'> {
  const stacks = write(services);
  const findings = judge();
  const guilty = new Set(findings.map(each => each.service));
  const kept = services.filter(({ name }) => !guilty.has(name));
  if (guilty.has(undefined) || (findings.length > 0 && kept.length === 0)) throw new GuardError(findings);
  if (findings.length === 0) return { stacks, services: services.map(({ name }) => name), findings };
  const rest = writeGuarded(write, judge, kept);
  return { ...rest, findings: [...findings, ...rest.findings] };
}

function clear(out: string): void {
  const held = existsSync(out) ? readdirSync(out) : [];
  if (held.length > 0 && !(held.includes('cdk.out') && held.includes('manifest.json')))
    throw new OutputFolderError(out);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

function loadAll(root: string) {
  const { services, problems } = loadContracts(root);
  const prefix = productOf(root);
  const kept: Contract[] = [];
  const clashes: ContractProblem[] = [];
  for (const service of services) {
    const clash = kept.find(earlier => rulePriority(earlier.name) === rulePriority(service.name));
    const [foreign] = foreignSecrets(prefix, secretsOf(service));
    if (clash) clashes.push(priorityClash(service, clash));
    else if (foreign) clashes.push(foreignSecret(service, foreign, prefix));
    else kept.push(service);
  }
  return { services: kept, problems: [...problems, ...clashes] };
}

/** Of one service, judged beside all others: what it claims may be another's. */
function loadOne(root: string, name: string) {
  const { services, problems } = loadAll(root);
  const own = problems.filter(problem => problem.service === name);
  if (own.length > 0) throw new ContractError(own);
  const service = services.find(each => each.name === name);
  if (!service) throw new UnknownServiceError(name, findServices(root));
  return { services: [service], problems: own };
}

function priorityClash(service: Contract, earlier: Contract): ContractProblem {
  return {
    ...problemOf(service, 'name', service.name),
    message: `has the same place among the balancer's rules as ${earlier.name}, by chance: choose another name`,
  };
}

/** A secret by ARN stands outside what Slipway names: below its prefix each service has its own, and nobody else's. */
function foreignSecret(service: Contract, arn: string, prefix: string): ContractProblem {
  const message = `is below ${prefix}/: name a secret of this service without an ARN; those of others are theirs`;
  return { ...problemOf(service, 'secrets', arn), message };
}

function problemOf(service: Contract, key: string, value: string) {
  const file = `packages/${service.name}/service.yaml`;
  return { service: service.name, file, line: 1, column: 1, key, value: JSON.stringify(value) };
}

/** What is left tells what was made, and neither where the checkout lies nor how it was checked. */
function dropTraces(out: string): void {
  rmSync(join(out, 'validation-report.json'), { force: true });
  for (const file of readdirSync(out).filter(name => name.endsWith('.metadata.json'))) {
    const metadata: unknown = JSON.parse(readFileSync(join(out, file), 'utf8'));
    const kept = JSON.stringify(metadata, (key, value) => (key === 'trace' ? undefined : value), 2);
    writeFileSync(join(out, file), `${kept}\n`);
  }
}

function writeReleaseFiles(out: string, environments: Environments, service: Contract): void {
  for (const environment of environments.environments) {
    const names = createNames(environments).at(environment);
    const placement = { names, service, environment, architecture: environments.architecture };
    const files = releaseFiles(placement, out);
    for (const [name, text] of Object.entries(files)) {
      const path = join(out, 'release', service.name, environment.name, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}
