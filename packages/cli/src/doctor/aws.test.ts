import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadEnvironments } from '@slipway/contract';
import { awsAccess } from '../aws/access.ts';
import { engineAsAws } from '../aws/engine-as-aws.ts';
import { doctor } from '../commands/doctor.ts';
import type { World } from '../world.ts';
import { type Answers, type AwsServer, serveAws } from './aws-server.ts';
import { needsOf } from './quotas.ts';

const ACCOUNT = '123456789012';
const CONNECTION = `arn:aws:codeconnections:ap-northeast-1:${ACCOUNT}:connection/0aa1bb22-33cc-44dd-55ee-66ff77008899`;
const CERTIFICATE = `arn:aws:acm:ap-northeast-1:${ACCOUNT}:certificate/0aa1bb22-33cc-44dd-55ee-66ff77008899`;
let root: string;
let server: AwsServer | undefined;
let aws: Disposable | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-doctor-'));
  write('packages/news/service.yaml', 'name: news\nteam: press\npath: /news\ntasks: { production: 4 }\n');
  environments();
});
afterEach(async () => {
  aws?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
function environments(lines = '', place = ''): void {
  const zones = 'zones: [ap-northeast-1a, ap-northeast-1c]';
  write(
    'pipeline/environments.yaml',
    `account: "${ACCOUNT}"\nregion: ap-northeast-1\n${lines}\nenvironments:\n  production: { network: { ${zones}, nat: 2 }${place} }\n`,
  );
}

const identity = (account = ACCOUNT) => ({
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/ada</Arn><UserId>A</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
});
const failure = (code: string, message = code, status = 400) => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const refusal = (type: string) => ({ status: 400, body: JSON.stringify({ __type: type, message: type }) });
const noStack = () => failure('ValidationError', 'Stack with id slipway-tooling does not exist');
const quota =
  (limits: Record<string, number>): Answers[string] =>
  input => {
    const { QuotaCode } = JSON.parse(input) as { QuotaCode: string };
    return { body: JSON.stringify({ Quota: { QuotaCode, Value: limits[QuotaCode] ?? 1000 } }) };
  };
const role = (name: string) =>
  `<GetRoleResponse><GetRoleResult><Role><RoleName>${name}</RoleName><Path>/</Path><RoleId>A</RoleId><Arn>arn:aws:iam::${ACCOUNT}:role/${name}</Arn><CreateDate>2030-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`;
const healthy: Answers = {
  'sts/GetCallerIdentity': () => identity(),
  'ssm/GetParameters': () => ({ body: JSON.stringify({ Parameters: [] }) }),
  'servicequotas/GetServiceQuota': quota({}),
  'iam/GetRole': input => ({ body: role(String(new URLSearchParams(input).get('RoleName'))) }),
  'codecommit/GetRepository': () => refusal('RepositoryDoesNotExistException'),
  'cloudformation/DescribeStacks': noStack,
};

/** What the doctor says of an AWS that answers so. */
async function examine(answers: Answers, more: Partial<World> & { profile?: string[] } = {}) {
  await server?.[Symbol.asyncDispose]();
  aws?.[Symbol.dispose]();
  server = await serveAws({ ...healthy, ...answers });
  aws = engineAsAws({ target: { endpoint: server.url, region: 'ap-northeast-1' } });
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const base = { root, directory: root, env: process.env, nodeVersion: 'v24.0.0', now: () => 0 };
  const world = { ...base, platform: process.platform, terminal: false, say, complain: say, ...more };
  const unasked = { ask: async () => undefined, interruption: () => new AbortController().signal };
  const code = await doctor({ ...unasked, ...world }, { target: 'aws', profile: more.profile ?? [] });
  return { code, said, text: said.join('\n') };
}

describe('slipway doctor --target aws', () => {
  test('misses nothing in an account that has everything', async () => {
    const { code, said } = await examine({});
    expect(said).toEqual([
      '✓ node       v24.0.0',
      '✓ contracts  news',
      `✓ account    ${ACCOUNT} in ap-northeast-1 as arn:aws:iam::${ACCOUNT}:user/ada`,
      "✓ bootstrap  the CDK's is not needed",
      '✓ source     CodeCommit repository slipway: is made by the deployment',
      '✓ roles      the service-linked roles are there',
      expect.stringMatching(
        /^✓ quotas .*VPCs 1\/1000, Elastic IPs 2\/1000, ALBs 1\/1000, NLBs 1\/1000, target groups 3\/1000, Fargate vCPUs 2\/1000/,
      ),
      '✓ stacks     nothing is deployed yet',
      'Nothing is missing.',
    ]);
    expect(code).toBe(0);
  });

  test('tells credentials of another account and the profile that mends it, and looks no further', async () => {
    const { code, said, text } = await examine({ 'sts/GetCallerIdentity': () => identity('999999999999') });
    expect(code).toBe(1);
    expect(text).toContain(`--profile ${ACCOUNT}=<a profile of it>`);
    expect(said.some(line => /quotas|stacks/.test(line))).toBe(false);
  });

  test('tells a region that the account has not enabled', async () => {
    const zones = 'zones: [ap-east-1a, ap-east-1b]';
    environments(
      '',
      `, regions: { hongkong: { region: ap-east-1, network: { cidr: 10.9.0.0/16, ${zones} } } }`,
    );
    const { code, text } = await examine({
      'sts/GetCallerIdentity/ap-east-1': () => failure('InvalidClientTokenId', 'The token is invalid', 403),
    });
    expect(code).toBe(1);
    expect(text).toMatch(/✗ account .* in ap-east-1: .*ap-east-1 is not enabled/);
  });

  test('tells quotas that are too small, with what is needed and where to ask', async () => {
    const { code, text } = await examine({
      'servicequotas/GetServiceQuota': quota({ 'L-3032A538': 1, 'L-0263D0A3': 1 }),
    });
    expect(code).toBe(1);
    expect(text).toMatch(
      /✗ quotas .* needs 2 Elastic IPs, allowed 1 \(L-0263D0A3\); 2 Fargate vCPUs, allowed 1/,
    );
  });

  test('takes the usual quotas where nobody may ask for them, and says so', async () => {
    const { code, text } = await examine({
      'servicequotas/GetServiceQuota': () => refusal('AccessDeniedException'),
    });
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/· quotas .*Fargate vCPUs 2\/6 \(as AWS usually allows/),
    ]);
  });

  test('counts every task twice, as blue/green does, in its own account and region', () => {
    const { environments: places, ...rest } = loadEnvironments(root);
    const services = [{ cpu: 512, tasks: { production: 5 } }] as unknown as Parameters<typeof needsOf>[1];
    const here = { account: ACCOUNT, region: 'ap-northeast-1' };
    const of = (spot: typeof here) =>
      needsOf({ ...rest, environments: places }, services, spot).find(({ name }) =>
        name.startsWith('Fargate'),
      );
    expect(of(here)?.needed).toBe(5);
    expect(of({ ...here, region: 'ap-northeast-3' })).toBeUndefined();
  });

  test('names the service-linked roles that AWS will make', async () => {
    const { code, text } = await examine({ 'iam/GetRole': () => failure('NoSuchEntity', 'no', 404) });
    expect([code, text]).toEqual([0, expect.stringContaining('· roles      AWSServiceRoleForECS, ')]);
  });

  test('is not held up by what it may not look at', async () => {
    const { code, text } = await examine({ 'iam/GetRole': () => failure('AccessDenied', 'not you', 403) });
    expect([code, text]).toEqual([
      0,
      expect.stringContaining('· roles      could not be looked at: not you'),
    ]);
  });

  test('tells a hosted zone of another name and a certificate that is not issued', async () => {
    const zone = '{ id: Z123, name: example.com }';
    environments('', `, domain: { name: shop.example.com, zone: ${zone}, certificate: "${CERTIFICATE}" }`);
    const answers = (name: string, Status: string): Answers => ({
      'route53/GET /2013-04-01/hostedzone/Z123': () => ({
        body: `<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z123</Id><Name>${name}.</Name><CallerReference>a</CallerReference></HostedZone></GetHostedZoneResponse>`,
      }),
      'acm/DescribeCertificate': () => ({
        body: JSON.stringify({ Certificate: { CertificateArn: CERTIFICATE, Status } }),
      }),
    });
    const bad = await examine(answers('example.org', 'PENDING_VALIDATION'));
    expect(bad.code).toBe(1);
    expect(bad.text).toContain('✗ domain     the hosted zone Z123 is of example.org, not of example.com');
    expect(bad.text).toContain('is PENDING_VALIDATION: validate it in ACM');
    const good = await examine(answers('example.com', 'ISSUED'));
    expect([good.code, good.text]).toEqual([
      0,
      expect.stringContaining('✓ domain     shop.example.com in the'),
    ]);
  });

  test('tells a deployment that is in no state to be updated', async () => {
    const { code, text } = await examine({
      'cloudformation/DescribeStacks': () => ({
        body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>slipway-tooling</StackName><CreationTime>2030-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_ROLLBACK_FAILED</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      }),
    });
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/✗ stacks .*slipway-tooling is UPDATE_ROLLBACK_FAILED/),
    ]);
  });

  test('refuses a profile that is none', () => {
    const world = { root, env: {} } as unknown as World;
    expect(() => awsAccess(world, ['a b; rm'])).toThrow('give the name of a profile');
    const access = awsAccess(world, ['usual', `${ACCOUNT}=mine`]);
    expect([access.home.profile, access.at({ account: '999999999999', region: 'r' }).profile]).toEqual([
      'mine',
      'usual',
    ]);
  });
});

/** A program named `aws`, as the AWS command line answers. */
describe('a connection', () => {
  const withProgram = async (script: string) => {
    environments(`repository: { provider: codeconnections, connection: "${CONNECTION}", id: acme/shop }`);
    write('bin/aws', `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/aws'), 0o755);
    return examine({}, { env: { ...process.env, PATH: `${join(root, 'bin')}:/usr/bin:/bin` } });
  };
  const state = (ConnectionStatus: string) =>
    `echo '${JSON.stringify({ Connection: { ConnectionStatus } })}'`;

  test.each([
    [
      'that is available is good',
      state('AVAILABLE'),
      0,
      '✓ source     acme/shop, its connection is available',
    ],
    [
      'that nobody confirmed is missing',
      state('PENDING'),
      1,
      '✗ source     the connection to acme/shop is PENDING',
    ],
    [
      'that is not there is missing',
      'echo ResourceNotFoundException >&2; exit 254',
      1,
      'is not there: make it',
    ],
    [
      'that nobody may look at is noted',
      'echo AccessDenied >&2; exit 254',
      0,
      '· source     the connection to acme/shop could not be looked at (AccessDenied)',
    ],
  ])('%s', async (_, script, code, text) => {
    const found = await withProgram(script);
    expect([found.code, found.text]).toEqual([code, expect.stringContaining(text)]);
  });
});
