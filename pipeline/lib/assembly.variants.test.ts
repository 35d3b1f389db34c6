import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ContractError } from '@slipway/contract';
import { OutputFolderError } from './errors.ts';
import { synthesize } from './synth.ts';
import { fixtureAssembly, readAssembly, SERVICES, tempFolder, writeRepository } from './testing/fixture.ts';

const assembly = fixtureAssembly();

const COMMIT = 'c0ffee0123456789c0ffee0123456789c0ffee01';

/** Synthesizes in a process of its own, as `npm run synth` does: with CDK's validation, unless told otherwise. */
async function run(env: Record<string, string>, ...args: string[]): Promise<void> {
  const program = resolve(import.meta.dirname, '../bin/pipeline.ts');
  await promisify(execFile)(process.execPath, [program, ...args], { env });
}

test('twice the same definition gives the same bytes, whatever place and machine', async () => {
  using first = tempFolder();
  using second = tempFolder();
  for (const { path } of [first, second]) writeRepository(path);
  const machine = {
    ...{
      COMMIT,
      CODEBUILD_RESOLVED_SOURCE_VERSION: COMMIT,
      CDK_DEBUG: '1',
      TZ: 'Asia/Tokyo',
      LANG: 'tr_TR.UTF-8',
    },
    ...{ CDK_CONTEXT_JSON: '{"@aws-cdk/aws-iam:minimizePolicies":false}', CDK_DEFAULT_REGION: 'eu-west-1' },
  };
  await Promise.all([
    run({}, '--root', first.path, '--no-validation'),
    run(machine, '--root', second.path, '--out', join(second.path, 'elsewhere'), '--no-validation'),
  ]);
  expect(readFolder(join(second.path, 'elsewhere'))).toEqual(readFolder(join(first.path, 'cdk.out')));
}, 60_000);

describe('the assembly', () => {
  test('has exactly the stacks of the design, and none that CDK made up', () => {
    const perService = Object.keys(SERVICES).flatMap(name => [
      ...[
        `slipway-${name}-images`,
        `slipway-${name}-pipeline`,
        `slipway-${name}-staging`,
        `slipway-${name}-production`,
      ],
      ...(name === 'user' ? [] : [`slipway-${name}-data-staging`, `slipway-${name}-data-production`]),
    ]);
    const platform = ['repository', 'tooling', 'platform-pipeline', 'definition'].map(
      name => `slipway-${name}`,
    );
    const places = ['staging', 'production'].flatMap(env => [
      `slipway-network-${env}`,
      `slipway-cluster-${env}`,
    ]);
    expect(Object.keys(assembly.templates).sort()).toEqual([...perService, ...platform, ...places].sort());
  });

  test('has no assets but its templates: a CloudFormation action publishes none', () => {
    for (const stack of Object.keys(assembly.templates)) {
      const manifest = JSON.parse(readFileSync(join(assembly.path, `${stack}.assets.json`), 'utf8'));
      const files = Object.values<{ source: { path: string } }>(manifest.files).map(file => file.source.path);
      expect(files).toEqual([`${stack}.template.json`]);
      expect(manifest.dockerImages).toEqual({});
    }
  });

  test('has neither parameters nor rules: nothing of bootstrapping reaches a stack', () => {
    for (const template of Object.values(assembly.templates)) {
      expect(Object.keys(template).filter(key => key !== 'Resources' && key !== 'Outputs')).toEqual([]);
    }
  });

  test('carries no commit', () => {
    for (const template of Object.values(assembly.templates)) {
      expect(JSON.stringify(template)).not.toMatch(/\b[0-9a-f]{40}\b|"Name":"SLIPWAY_COMMIT"/);
    }
  });

  test('exports named things only, each once, and imports nothing else', () => {
    const outputs = Object.values(assembly.templates).flatMap(template =>
      Object.values(template.Outputs ?? {}),
    );
    const names = outputs.flatMap(output => output.Export?.Name ?? []);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^slipway-(staging|production)-[a-z0-9-]+$/);
    const imports = JSON.stringify(assembly.templates).matchAll(/"Fn::ImportValue":"([^"]*)"/g);
    for (const [, name] of imports) expect(names).toContain(name);
  });

  test('tags whatever takes tags with repository and, where there is one, environment, service and team', () => {
    const untagged = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::Route'];
    untagged.push(
      'AWS::EC2::SubnetRouteTableAssociation',
      'AWS::EC2::VPCGatewayAttachment',
      'AWS::S3::BucketPolicy',
    );
    untagged.push('AWS::CodeDeploy::DeploymentGroup', 'AWS::CodeDeploy::DeploymentConfig');
    untagged.push('AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription', 'AWS::IAM::ManagedPolicy');
    untagged.push('AWS::Route53::RecordSet', 'AWS::ECR::PullThroughCacheRule');
    for (const [stack, { Resources }] of Object.entries(assembly.templates)) {
      for (const { Type, Properties } of Object.values(Resources)) {
        if (untagged.includes(Type)) continue;
        const text = JSON.stringify(Properties.Tags ?? Properties.HostedZoneTags);
        expect([stack, Type, text]).toEqual([stack, Type, expect.stringContaining('slipway:repository')]);
        // A team may be renamed, and an update of a rule may turn live traffic back.
        const isRule = Type === 'AWS::ElasticLoadBalancingV2::ListenerRule';
        if (stack.startsWith('slipway-news-')) expect(text.includes('press')).toBe(!isRule);
        if (stack.endsWith('-staging')) expect(text).toContain('slipway:environment');
      }
    }
  });
});

describe('a malformed contract', () => {
  const files = { services: { ...SERVICES, news: 'name: news\nteam: press\npath: news\n' } };

  test('leaves out its service and no other, and is told', () => {
    using temp = tempFolder();
    writeRepository(temp.path, files);
    const result = synthesize({ root: temp.path, out: join(temp.path, 'out') });
    expect(result.services).toEqual(['market', 'user']);
    expect(result.problems).toMatchObject([
      { file: 'packages/news/service.yaml', line: 3, column: 7, key: 'path' },
    ]);
    const pipeline = readAssembly(join(temp.path, 'out')).resource(
      'slipway-platform-pipeline',
      'AWS::CodePipeline::Pipeline',
    );
    const stages: { Name: string; Actions: { Name: string }[] }[] = pipeline.Properties.Stages;
    expect(stages.find(stage => stage.Name === 'Pipelines')?.Actions.map(action => action.Name)).toEqual([
      ...['Images-market', 'market', 'Images-user', 'user', 'Definition'],
    ]);
  });

  test('does not disturb another service that is synthesized alone', () => {
    using temp = tempFolder();
    writeRepository(temp.path, files);
    const { stacks } = synthesize({ root: temp.path, out: join(temp.path, 'out'), service: 'market' });
    expect([...stacks].sort()).toEqual([
      ...['slipway-market-data-production', 'slipway-market-data-staging'],
      ...['slipway-market-production', 'slipway-market-staging'],
    ]);
  });

  test('fails the synthesis of its own service alone', () => {
    using temp = tempFolder();
    writeRepository(temp.path, files);
    const synth = (service: string) => () =>
      synthesize({ root: temp.path, out: join(temp.path, 'out'), service });
    expect(synth('news')).toThrow(ContractError);
    expect(synth('nws')).toThrow('There is no service nws: known are market, news, user');
  });

  test("cannot read another service's secrets by their ARN", () => {
    using temp = tempFolder();
    const arn =
      'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:slipway/production/user/key-AbCdEf';
    const news = `${SERVICES.news}secrets: { KEY: { secret: "${arn}" } }\n`;
    writeRepository(temp.path, { services: { ...SERVICES, news } });
    const { services, problems } = synthesize({ root: temp.path, out: join(temp.path, 'out') });
    expect(services).toEqual(['market', 'user']);
    expect(problems).toMatchObject([
      { service: 'news', message: expect.stringMatching(/those of others are theirs/) },
    ]);
  });

  test('cannot take the path of another by being synthesized alone', () => {
    using temp = tempFolder();
    const news = SERVICES.news!.replace('path: /news', 'path: /market');
    writeRepository(temp.path, { services: { ...SERVICES, news } });
    const synth = (service: string) => () =>
      synthesize({ root: temp.path, out: join(temp.path, 'out'), service });
    expect(synth('news')).toThrow('is the path of market already: choose another');
    expect(synth('market')).not.toThrow();
  });
});

test('a folder that holds something else is left alone', () => {
  using temp = tempFolder();
  writeRepository(temp.path);
  expect(() => synthesize({ root: temp.path, out: temp.path })).toThrow(OutputFolderError);
  expect(readdirSync(temp.path)).toContain('packages');
});

test('a service synthesized alone gets the same stacks as with all others', () => {
  using temp = tempFolder();
  writeRepository(temp.path);
  synthesize({ root: temp.path, out: join(temp.path, 'out'), service: 'news' });
  const alone = readFolder(join(temp.path, 'out'));
  const all = readFolder(assembly.path);
  const compared = Object.keys(alone).filter(
    name => name.endsWith('.template.json') || name.startsWith('release/'),
  );
  expect(compared).toHaveLength(8);
  for (const name of compared) expect(alone[name]).toBe(all[name]);
});

function readFolder(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    files.map(file => {
      const full = join(file.parentPath, file.name);
      return [full.slice(path.length + 1), readFileSync(full, 'utf8')];
    }),
  );
}
