import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

type Answers = Record<string, (input: Record<string, never>) => unknown>;
type Handler = (event: unknown) => Promise<void>;

const load = (name: string): Handler => createRequire(import.meta.url)(`../../functions/${name}.cjs`).handler;

/** What each function asked AWS for: operation and input. */
let asked: [string, Record<string, unknown>][];
let answers: Answers;
let service: Record<string, { status: number; body: string }>;
let servers: Server[];
const saved = { ...process.env };

beforeEach(async () => {
  asked = [];
  servers = [];
  jest.spyOn(console, 'log').mockImplementation(() => {}); // the functions' own log
  process.env.AWS_ENDPOINT_URL = await listen(aws());
  process.env.AWS_REGION = 'ap-northeast-1';
  process.env.AWS_ACCESS_KEY_ID = 'AKIAEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});

afterEach(() => {
  process.env = { ...saved };
  jest.restoreAllMocks();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('what is scheduled', () => {
  const run = load('run-scheduled');
  const event = {
    schedule: 'cleanup',
    execution: 'e-1',
    command: ['node', 'cleanup.js'],
    environment: { DAYS: '30' },
  };
  const started = () => asked.filter(([operation]) => operation === 'RunTask').map(([, input]) => input);

  beforeEach(() => {
    process.env.CLUSTER = 'slipway-production';
    process.env.SERVICE = 'news';
    const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };
    const set = {
      networkConfiguration: network,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
    };
    answers = {
      DescribeServices: () => ({
        services: [
          {
            status: 'ACTIVE',
            taskSets: [
              { ...set, status: 'ACTIVE', taskDefinition: 'news:9' },
              { ...set, status: 'PRIMARY', taskDefinition: 'news:7' },
            ],
          },
        ],
      }),
      DescribeTaskDefinition: () => ({
        taskDefinition: {
          containerDefinitions: [{ name: 'news', environment: [{ name: 'SLIPWAY_COMMIT', value: 'c1' }] }],
        },
      }),
      RunTask: () => ({ tasks: [{ taskArn: 'arn:task' }] }),
    };
  });

  test('runs in the version that has the traffic, not in a newer one that is being tested', async () => {
    await run(event);
    expect(started()).toMatchObject([
      {
        cluster: 'slipway-production',
        taskDefinition: 'news:7',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
        overrides: {
          containerOverrides: [
            { name: 'news', command: ['node', 'cleanup.js'], environment: [{ name: 'DAYS', value: '30' }] },
          ],
        },
      },
    ]);
    expect(started()[0]).not.toHaveProperty('launchType');
  });

  test('is started once, however often it is delivered', async () => {
    await run(event);
    await run(event);
    await run({ ...event, execution: 'e-2' });
    const [first, again, next] = started().map(({ clientToken }) => clientToken);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  test('waits for the first release: a seed runs nothing', async () => {
    answers.DescribeTaskDefinition = () => ({
      taskDefinition: { containerDefinitions: [{ name: 'news', environment: [] }] },
    });
    await run(event);
    expect(started()).toEqual([]);
  });

  test('fails loudly when it cannot be started', async () => {
    answers.RunTask = () => ({ tasks: [], failures: [{ reason: 'Capacity is unavailable at this time' }] });
    await expect(run(event)).rejects.toThrow('Capacity is unavailable');
  });
});

describe('the check of a new version', () => {
  const check = load('check');
  const verdict = async () => {
    await check({ DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' });
    return asked.filter(([operation]) => operation === 'PutLifecycleEventHookExecutionStatus');
  };
  const told = (status: string) => [
    [
      'PutLifecycleEventHookExecutionStatus',
      { deploymentId: 'd-1', lifecycleEventHookExecutionId: 'hook-1', status },
    ],
  ];

  beforeEach(async () => {
    service = {
      '/news/json': { status: 200, body: '{"commit":"c1"}' },
      '/news/': { status: 200, body: '<!doctype html>' },
    };
    const url = await listen(tested());
    process.env.TEST_LISTENER = 'arn:listener';
    answers = {
      GetDeployment: () => ({
        deploymentInfo: {
          applicationName: 'slipway-news-staging',
          deploymentGroupName: 'slipway-news-staging',
        },
      }),
      GetDeploymentGroup: () => ({
        deploymentGroupInfo: { ecsServices: [{ clusterName: 'slipway-staging', serviceName: 'news' }] },
      }),
      DescribeServices: () => ({
        services: [
          {
            taskSets: [
              { externalId: 'd-0', taskDefinition: 'td:1' },
              { externalId: 'd-1', taskDefinition: 'td:2' },
            ],
          },
        ],
      }),
      DescribeTaskDefinition: ({ taskDefinition }) => {
        const environment = [
          { name: 'SLIPWAY_COMMIT', value: taskDefinition === 'td:2' ? 'c1' : 'c0' },
          { name: 'SLIPWAY_PATH', value: '/news' },
          { name: 'SLIPWAY_CHECKS', value: '/news/' },
        ];
        return { taskDefinition: { containerDefinitions: [{ name: 'news', environment }] } };
      },
      DescribeTags: () => url,
      PutLifecycleEventHookExecutionStatus: () => ({}),
    };
  });

  test('lets a version through that answers as the one that is released', async () => {
    expect(await verdict()).toEqual(told('Succeeded'));
  });

  test.each([
    ['another version answers', '/news/json', { status: 200, body: '{"commit":"c0"}' }],
    ['it does not tell who answers', '/news/json', { status: 500, body: '' }],
    ['a page of its contract is broken', '/news/', { status: 302, body: '' }],
  ])('stops it when %s', async (_case, path, answer) => {
    service[path] = answer;
    expect(await verdict()).toEqual(told('Failed'));
  });

  describe('that ECS deploys', () => {
    const serviceArn = 'arn:aws:ecs:r:1:service/slipway-staging/news';
    const revision = { serviceArn, targetServiceRevisionArn: 'arn:revision' };
    const answered = (event: object) => (check as (event: unknown) => Promise<unknown>)(event);
    const deploys = (taskDefinition: string) => {
      answers.DescribeServiceRevisions = () => ({ serviceRevisions: [{ taskDefinition }] });
    };

    test('is let through by the answer itself, and CodeDeploy is told nothing', async () => {
      deploys('td:2');
      const event = { lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT', executionDetails: revision };
      expect(await answered(event)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(await answered(revision)).toEqual({ hookStatus: 'SUCCEEDED' });
      expect(asked.map(([operation]) => operation)).not.toContain('PutLifecycleEventHookExecutionStatus');
    });

    test('is stopped when another version answers, or nothing can be found out', async () => {
      deploys('td:1');
      expect(await answered({ executionDetails: revision })).toEqual({ hookStatus: 'FAILED' });
      answers.DescribeServiceRevisions = () => ({ serviceRevisions: [] });
      expect(await answered({ executionDetails: revision })).toEqual({ hookStatus: 'FAILED' });
    });

    test('is let through as a seed, which no release has made', async () => {
      deploys('td:seed');
      const environment = [{ name: 'SLIPWAY_PATH', value: '/news' }];
      answers.DescribeTaskDefinition = () => ({
        taskDefinition: { containerDefinitions: [{ name: 'news', environment }] },
      });
      expect(await answered({ executionDetails: revision })).toEqual({ hookStatus: 'SUCCEEDED' });
    });
  });

  test('stops it when nothing can be found out', async () => {
    answers.DescribeServices = () => ({ services: [] });
    expect(await verdict()).toEqual(told('Failed'));
  });
});

describe('newest wins', () => {
  const supersede = load('supersede');
  const call = () =>
    supersede({
      'CodePipeline.job': {
        id: 'job-1',
        data: {
          actionConfiguration: {
            configuration: {
              UserParameters: JSON.stringify({ pipeline: 'slipway-news', execution: 'own', commit: 'c9' }),
            },
          },
        },
      },
    });
  const operations = () =>
    asked
      .filter(([operation]) => operation.startsWith('Put'))
      .map(([operation, input]) => [operation, input]);

  test('an older approval is rejected, and one that waited behind it; a newer one is not', async () => {
    const running = ['newer', 'own', 'behind', 'older'];
    let holder = 'older';
    answers = {
      ListPipelineExecutions: () => ({
        pipelineExecutionSummaries: running.map(pipelineExecutionId => ({
          pipelineExecutionId,
          status: 'InProgress',
        })),
      }),
      GetPipelineState: () => ({
        stageStates: [
          {
            stageName: 'Approval',
            latestExecution: { pipelineExecutionId: holder },
            inboundExecutions: holder === 'older' ? [{ pipelineExecutionId: 'behind' }] : [],
            actionStates: [
              { actionName: 'Approve', latestExecution: { status: 'InProgress', token: `t-${holder}` } },
            ],
          },
        ],
      }),
      PutApprovalResult: () => {
        running.splice(running.indexOf(holder), 1);
        holder = holder === 'older' ? 'behind' : 'newer';
        return {};
      },
      PutJobSuccessResult: () => ({}),
    };
    await call();
    const result = { status: 'Rejected', summary: 'Superseded by c9' };
    const approval = { pipelineName: 'slipway-news', stageName: 'Approval', actionName: 'Approve', result };
    expect(operations()).toEqual([
      ['PutApprovalResult', { ...approval, token: 't-older' }],
      ['PutApprovalResult', { ...approval, token: 't-behind' }],
      ['PutJobSuccessResult', { jobId: 'job-1' }],
    ]);
  });

  test('what goes wrong fails the action, with its reason', async () => {
    answers = { ListPipelineExecutions: () => new Error('not allowed'), PutJobFailureResult: () => ({}) };
    await call();
    expect(operations()).toEqual([
      [
        'PutJobFailureResult',
        {
          jobId: 'job-1',
          failureDetails: {
            type: 'JobFailed',
            message: expect.stringMatching(/^Older approvals: .*not allowed/),
          },
        },
      ],
    ]);
  });
});

/** AWS's JSON protocol; of the query protocol just the tags of a listener, which tell its local address. */
function aws(): Server {
  return createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target === '') {
      const url = answers.DescribeTags!({});
      const tag = `<member><Key>slipway:local</Key><Value>${url}</Value></member>`;
      const descriptions = `<TagDescriptions><member><Tags>${tag}</Tags></member></TagDescriptions>`;
      response.end(
        `<DescribeTagsResponse><DescribeTagsResult>${descriptions}</DescribeTagsResult></DescribeTagsResponse>`,
      );
      return;
    }
    const operation = target.slice(target.indexOf('.') + 1);
    const input = JSON.parse(body);
    asked.push([operation, input]);
    const answer = answers[operation]?.(input) ?? new Error(`nobody expected ${operation}`);
    const failed = answer instanceof Error;
    response.writeHead(failed ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(failed ? { __type: 'Refused', message: answer.message } : answer));
  });
}

function tested(): Server {
  return createServer((request, response) => {
    const { status, body } = service[request.url ?? ''] ?? { status: 404, body: '' };
    response.writeHead(status).end(body);
  });
}

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
