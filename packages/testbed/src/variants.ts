import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './clone.ts';
import { type LoneEngine, named } from './lone-engine.ts';
import { timeSynthesis } from './synth-time.ts';

/** What a definition may say beside the default one: its environments.yaml and contracts, by service. */
export interface Variant {
  environments: string;
  services: Record<string, string>;
}

export interface VariantStack {
  name: string;
  account: string;
  region: string;
  template: string;
}

/** The stacks of a variant, as the pipelines would create them one after the other. */
export async function synthesizeVariant({ environments, services }: Variant): Promise<VariantStack[]> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-variant-'));
  try {
    const write = (file: string, text: string) => {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(join(root, file), text);
    };
    write('pipeline/environments.yaml', environments);
    write('package-lock.json', readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    for (const [name, contract] of Object.entries(services)) write(`packages/${name}/service.yaml`, contract);
    const made = await timeSynthesis(
      { root, [Symbol.dispose]: () => {} },
      { validation: false, limitMs: 150_000 },
    );
    if (!made || made.refused) throw new Error('the variant is refused at synthesis');
    return readStacks(join(root, 'cdk.out'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Manifest {
  artifacts: Record<
    string,
    { type: string; environment?: string; properties?: { templateFile?: string; stackName?: string } }
  >;
}

/** What a stack stands on comes before it. */
const ORDER = [
  ...[/-tooling/, /-definition$/, /-network-/, /-cluster-/, /-images/, /-roles-/],
  ...[/-(?!platform)\w+-pipeline$/, /-data-/, /^(?!.*-platform-pipeline$)/, /./],
];

function readStacks(out: string): VariantStack[] {
  const { artifacts } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(artifacts).flatMap(([id, { type, environment = '', properties = {} }]) => {
    if (type !== 'aws:cloudformation:stack') return [];
    const [account = '', region = ''] = environment.replace('aws://', '').split('/');
    const template = readFileSync(join(out, properties.templateFile ?? `${id}.template.json`), 'utf8');
    return [{ name: properties.stackName ?? id, account, region, template }];
  });
  const rank = ({ name }: VariantStack) => ORDER.findIndex(each => each.test(name));
  return stacks.toSorted((a, b) => rank(a) - rank(b));
}

/** Creates a stack and waits: its status, or CloudFormation's sentence when it refused or failed. */
export async function create(engine: LoneEngine, { name, region, template }: VariantStack): Promise<string> {
  const call = (Action: string, parameters: Record<string, string> = {}) =>
    engine.query('cloudformation', Action, { StackName: name, ...parameters }, region);
  try {
    await call('CreateStack', {
      ...{ TemplateBody: template, 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM', OnFailure: 'DO_NOTHING' },
    });
  } catch (error) {
    return named(String(error), 'Message')[0] ?? String(error);
  }
  for (;;) {
    const [status = 'gone'] = named(await call('DescribeStacks'), 'StackStatus');
    if (!status.endsWith('_IN_PROGRESS'))
      return status === 'CREATE_COMPLETE' ? status : `${status}: ${await firstReason(call)}`;
    await delay(30);
  }
}

async function firstReason(call: (Action: string) => Promise<string>): Promise<string> {
  return named(await call('DescribeStackEvents'), 'ResourceStatusReason')
    .join(' | ')
    .slice(0, 2000);
}
