import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Import, packageOf } from './imports.ts';

/** What a package of the project may import of the project. Whoever is not listed is a service: the kit alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  oci: [],
  assembly: [],
  'service-kit': [],
  pipeline: ['contract'],
  image: ['oci'],
  engine: ['assembly', 'oci'],
  cli: ['contract', 'engine'],
  console: [],
};

/** The CLI starts the engine as a process and reads its event's type; it calls nothing of it. */
const ENGINE_FACES = ['@slipway/engine', '@slipway/engine/program'];

/** Names what `imports` breaks, one sentence each; empty when the seams hold. */
export function brokenSeams(imports: Import[], root: string): string[] {
  const services = servicesOf(root);
  return imports.flatMap(each => {
    const from = packageOf(each.file);
    const to = packageOf(each.target);
    const faults = [
      to && to !== from && from !== 'testbed' && !mayImport(from!, services).includes(to) && !each.test
        ? `may not import ${to}`
        : undefined,
      to === 'testbed' && from !== 'testbed' ? 'may not import the testbed' : undefined,
      services.includes(to ?? '') && services.includes(from ?? '') && to !== from
        ? 'services never import each other'
        : undefined,
      isCdk(each.target) && from !== 'pipeline' ? 'only pipeline/ may import the CDK' : undefined,
      crossesFolders(each) ? 'folders of engine/aws never import each other' : undefined,
      from === 'cli' && to === 'engine' && !ENGINE_FACES.includes(each.target)
        ? 'the CLI speaks AWS APIs only'
        : undefined,
      to && to !== from && !each.target.startsWith('@') && !each.test
        ? 'import a package by its name'
        : undefined,
    ];
    return faults
      .filter(fault => fault !== undefined)
      .map(fault => `${each.file} imports ${each.target}: ${fault}`);
  });
}

/** The packages that have a contract. */
export function servicesOf(root: string): string[] {
  return globSync('packages/*/service.yaml', { cwd: root }).map(file =>
    dirname(file).slice('packages/'.length),
  );
}

function mayImport(from: string, services: string[]): readonly string[] {
  return MAY_IMPORT[from] ?? (services.includes(from) ? ['service-kit'] : []);
}

function isCdk(target: string): boolean {
  return target.startsWith('aws-cdk-lib') || target === 'constructs' || target.startsWith('cdk-nag');
}

/** `aws/ecs` reaching into `aws/ecr`, or into the wiring above it; `core/` is common ground. */
function crossesFolders({ file, target, test }: Import): boolean {
  const from = /^packages\/engine\/src\/aws\/([^/]+)\//.exec(file)?.[1];
  if (!from || !target.startsWith('packages/engine/src/')) return false;
  const own = join('packages/engine/src/aws', from, '/');
  const common = ['packages/engine/src/core/', ...(test ? ['packages/engine/src/'] : [])];
  return ![own, ...common].some(prefix => target.startsWith(prefix));
}
