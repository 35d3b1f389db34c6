import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeClustersCommand, ECSClient, ListServicesCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AwsError } from '../core/errors.ts';
import { createWire, type Wire } from './server.ts';

let wire: Wire;
let endpoint: string;
const bugs: unknown[] = [];

beforeEach(async () => {
  wire = createWire({
    account: '123456789012',
    onError: error => bugs.push(error),
    faces: [{ prefix: '/v2/', handle: async (_request, response) => void response.end('registry') }],
    apis: [
      {
        service: 'ecs',
        protocol: 'json-1.1',
        operations: {
          DescribeClusters: (input, caller) => ({
            clusters: [{ clusterName: input.clusters[0], status: caller.region }],
          }),
          ListServices: () => {
            throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
          },
        },
      },
      {
        service: 'cloudformation',
        protocol: 'query',
        xmlns: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
        operations: {
          DescribeStacks: input => {
            if (input.StackName === 'missing')
              throw new AwsError('ValidationError', 'Stack <missing> & gone');
            return {
              Stacks: [
                { StackName: input.StackName, CreationTime: new Date(0), Outputs: [{ OutputKey: 'a<b' }] },
              ],
            };
          },
        },
      },
    ],
  });
  const { port } = await wire.listen(0);
  endpoint = `http://127.0.0.1:${port}`;
});
afterEach(() => wire.close());

const client = () => ({
  endpoint,
  region: 'ap-northeast-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' },
  maxAttempts: 1,
});

test('a JSON operation answers the real SDK client, with the region of its signature', async () => {
  const answer = await new ECSClient(client()).send(
    new DescribeClustersCommand({ clusters: ['slipway-staging'] }),
  );
  expect(answer.clusters?.[0]).toMatchObject({ clusterName: 'slipway-staging', status: 'ap-northeast-1' });
});

test('a Query operation answers the real SDK client: lists, dates, escapes and errors', async () => {
  const cloudformation = new CloudFormationClient(client());
  const answer = await cloudformation.send(new DescribeStacksCommand({ StackName: 'a' }));
  expect(answer.Stacks?.[0]?.CreationTime).toEqual(new Date(0));
  expect(answer.Stacks?.[0]?.Outputs?.[0]?.OutputKey).toBe('a<b');
  await expect(cloudformation.send(new DescribeStacksCommand({ StackName: 'missing' }))).rejects.toThrow(
    'Stack <missing> & gone',
  );
});

test("errors carry AWS's own code", async () => {
  const call = new ECSClient(client()).send(new ListServicesCommand({}));
  await expect(call).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
});

test('what the engine does not carry out is said, not faked', async () => {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/athena/aws4_request, x' },
  });
  expect(answer.status).toBe(501);
  expect(await answer.json()).toMatchObject({ __type: 'NotImplemented' });
});

test('a service that is not there says so in the protocol that it is asked in', async () => {
  const body = new URLSearchParams({ Action: 'ListTopics' });
  const authorization = 'AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/sns/aws4_request, x';
  const answer = await fetch(endpoint, { method: 'POST', headers: { authorization }, body });
  expect(answer.status).toBe(501);
  expect(await answer.text()).toMatch(
    /^<ErrorResponse.*<Code>NotImplemented<.*sns is not carried out locally/,
  );
});

test('a page of another origin cannot operate the engine', async () => {
  const answer = await fetch(`${endpoint}/v2/`, { headers: { origin: 'http://evil.example' } });
  expect(answer.status).toBe(403);
  expect(await (await fetch(`${endpoint}/v2/`)).text()).toBe('registry');
});
