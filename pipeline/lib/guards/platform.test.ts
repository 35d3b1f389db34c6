import { describe, expect, test } from '@jest/globals';
import { Broken, expectRefusal } from '../testing/broken.ts';
import type { Properties } from './synthesized.ts';

const PLATFORM = 'slipway-platform-pipeline';
const PIPELINE = 'AWS::CodePipeline::Pipeline';

const pipeline = (broken: Broken) => broken.only(PLATFORM, PIPELINE);
const idOf = (stack: string, type: string) =>
  Object.entries<Properties>(new Broken().stack(stack).template.Resources).find(
    ([, { Type }]) => Type === type,
  )![0];
const WHERE = () => `${PLATFORM}/${idOf(PLATFORM, PIPELINE)} (pipeline/)`;

describe('a pipeline', () => {
  test('is of type V2', () => {
    expectRefusal(
      'pipeline-type',
      `${WHERE()} is a pipeline of type V1, which knows neither conditions nor variables nor rollback: set PipelineType to V2`,
      broken => {
        delete pipeline(broken).PipelineType;
      },
    );
  });

  test('never rolls back its source', () => {
    expectRefusal(
      'stage-rollback',
      `${WHERE()} rolls back stage Source, and a source stage has nothing to go back to: remove the rollback from it`,
      broken => {
        pipeline(broken).Stages[0].OnFailure = { Result: 'ROLLBACK' };
      },
    );
  });

  test('rolls back a stage only as V2', () => {
    expectRefusal(
      'stage-rollback',
      `${WHERE()} rolls back stage Plan, and a pipeline that is not V2 cannot: set PipelineType to V2, or remove the rollback`,
      broken => {
        pipeline(broken).PipelineType = 'V1';
        pipeline(broken).Stages[1].OnSuccess = { Conditions: [{ Result: 'ROLLBACK', Rules: [] }] };
      },
    );
  });

  test('may roll back a later stage', () => {
    const broken = new Broken();
    pipeline(broken).Stages[1].OnFailure = { Result: 'ROLLBACK' };
    expect(broken.sentences()).toEqual([]);
  });

  test('has fifty actions in a stage at most', () => {
    expectRefusal(
      'actions-per-stage',
      `${WHERE()} has 51 actions in stage Plan, and CodePipeline takes 50: divide the stage`,
      broken => {
        const [, plan] = pipeline(broken).Stages;
        plan.Actions = Array.from({ length: 51 }, () => plan.Actions[0]);
      },
    );
  });

  test('has five rules in a condition at most', () => {
    expectRefusal(
      'rules-per-condition',
      `${WHERE()} asks 6 rules in a condition of stage Plan, and CodePipeline takes 5: remove some`,
      broken => {
        const Rules = Array.from({ length: 6 }, (_, index) => ({ Name: `Rule${index}` }));
        pipeline(broken).Stages[1].BeforeEntry = { Conditions: [{ Result: 'SKIP', Rules }] };
      },
    );
  });

  test('has fifty stages and five hundred actions at most', () => {
    const many = (stages: number, actions: number) => (broken: Broken) => {
      const [, plan] = pipeline(broken).Stages;
      const Actions = Array.from({ length: actions }, () => plan.Actions[0]);
      pipeline(broken).Stages = Array.from({ length: stages }, () => ({ Name: 'Many', Actions }));
    };
    expectRefusal(
      'stages-per-pipeline',
      `${WHERE()} has 51 stages, and CodePipeline takes from 2 to 50: join some, or make a pipeline of its own of the rest`,
      many(51, 1),
    );
    expectRefusal(
      'actions-per-pipeline',
      `${WHERE()} has 550 actions, and CodePipeline takes 500: make a pipeline of its own of the rest`,
      many(11, 50),
    );
  });
});

describe('a template', () => {
  const TOOLING = 'slipway-tooling';
  const many = (count: number, make: (index: number) => unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`Many${index}`, make(index)]));

  test('is no larger than 1 MB', () => {
    expectRefusal(
      'template-size',
      `${TOOLING} (pipeline/) has a template of 1,000,001 bytes, and CloudFormation takes 1 MB: move a part into a stack of its own`,
      broken => {
        broken.stack(TOOLING).size = 1_000_001;
      },
    );
  });

  test.each([
    ['resources', 501, 500],
    ['outputs', 201, 200],
    ['parameters', 201, 200],
  ])('has a limited number of %s', (what, count, most) => {
    expectRefusal(
      `template-${what}`,
      `${TOOLING} (pipeline/) has ${count} ${what}, and CloudFormation takes ${most} in a template: move a part into a stack of its own`,
      broken => {
        const key = what.replace(/^./, first => first.toUpperCase());
        broken.stack(TOOLING).template[key] = many(count, () => ({ Type: 'AWS::SNS::Topic', Value: 1 }));
      },
    );
  });

  test('has sixty dynamic references at most', () => {
    expectRefusal(
      'dynamic-references',
      `${TOOLING} (pipeline/) has 61 dynamic references ({{resolve:…}}), and CloudFormation takes 60 in a template: let the task read them, or move a part into a stack of its own`,
      broken => {
        const Properties = many(61, index => `{{resolve:ssm:/many/${index}}}`);
        broken.add(TOOLING, 'Many', 'AWS::SNS::Topic', Properties);
      },
    );
  });

  test('exports no name that another stack exports in the same place', () => {
    expectRefusal(
      'export-clash',
      `slipway-definition/Again (pipeline/) exports slipway-production-vpc, which slipway-network-production/VpcId exports already in the same account and region: give it another name`,
      broken => {
        const { Outputs } = broken.stack('slipway-network-production').template;
        const [[id, output]] = Object.entries<Properties>(Outputs).filter(
          ([, each]) => each.Export?.Name === 'slipway-production-vpc',
        ) as [[string, Properties]];
        delete Outputs[id];
        Outputs.VpcId = output;
        broken.stack('slipway-definition').template.Outputs = { Again: output };
      },
    );
  });

  test('may export the name in another region', () => {
    const broken = new Broken();
    const { Outputs } = broken.stack('slipway-network-production').template;
    const tooling = broken.stack(TOOLING) as { environment: string; template: Properties };
    tooling.template.Outputs = Outputs;
    tooling.environment = 'aws://123456789012/ap-northeast-3';
    expect(broken.sentences()).toEqual([]);
  });

  test('needs nothing that would have to be published first', () => {
    expectRefusal(
      'assets',
      `${TOOLING} (pipeline/) needs assets (asset.1234/index.zip), and the pipeline that deploys it publishes none: write a function's code inline, and replace a construct that brings custom resources`,
      broken => {
        (broken.stack(TOOLING).files as string[]).push('asset.1234/index.zip');
      },
    );
  });
});

describe('a function', () => {
  const CLUSTER = 'slipway-cluster-production';
  const FUNCTION = 'AWS::Lambda::Function';
  const where = () => `${CLUSTER}/${idOf(CLUSTER, FUNCTION)} (pipeline/)`;

  test('has its handler where inline code is put', () => {
    expectRefusal(
      'inline-code',
      `${where()} names the handler check.handler, and inline code is always in a file named index: set Handler to index.handler`,
      broken => {
        broken.only(CLUSTER, FUNCTION).Handler = 'check.handler';
      },
    );
  });

  test('has inline code in a language that CloudFormation takes inline', () => {
    expectRefusal(
      'inline-code',
      `${where()} has inline code for java25, which CloudFormation only takes for Node.js and Python: write the function for one of them`,
      broken => {
        broken.only(CLUSTER, FUNCTION).Runtime = 'java25';
      },
    );
  });

  test('has 4 kB of variables at most', () => {
    expectRefusal(
      'function-environment',
      `${where()} has 5004 bytes of environment variables, and Lambda takes 4096: keep the values in Parameter Store and name that`,
      broken => {
        broken.only(CLUSTER, FUNCTION).Environment = { Variables: { LONG: 'x'.repeat(5000) } };
      },
    );
  });

  test('writes to a log group that is there before it', () => {
    expectRefusal(
      'log-group-made-by-use',
      `${where()} writes to a log group that is made when it is first used, and kept for ever: make an AWS::Logs::LogGroup with RetentionInDays and name that`,
      broken => {
        delete broken.only(CLUSTER, FUNCTION).LoggingConfig;
      },
    );
  });
});

test('a log group forgets', () => {
  expectRefusal(
    'log-retention',
    'slipway-news-production/Logs (packages/news/service.yaml) keeps its logs for ever: set RetentionInDays, as from the environment',
    broken => {
      delete broken.properties('slipway-news-production', 'Logs').RetentionInDays;
    },
  );
});

describe('a role', () => {
  const TOOLING = 'slipway-tooling';
  const statement = (index: number) => ({
    ...{ Effect: 'Allow', Action: 's3:GetObject' },
    Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${'x'.repeat(90)}-${index}`]] },
  });
  const PolicyDocument = { Statement: Array.from({ length: 70 }, (_, index) => statement(index)) };

  test('has a name that IAM takes', () => {
    const RoleName = `slipway-${'x'.repeat(57)}`;
    expectRefusal(
      'role-name',
      `${TOOLING}/Role (pipeline/) is a role named ${RoleName} (65 characters), and IAM takes 64: shorten the name of the service or of the environment`,
      broken => broken.add(TOOLING, 'Role', 'AWS::IAM::Role', { RoleName }),
    );
  });

  test('has policies that IAM takes, those beside it included', () => {
    expectRefusal(
      'role-policy-size',
      `${TOOLING}/Role (pipeline/) has inline policies of 11,415 characters, and IAM takes 10,240 a role: name resources by a common prefix, or divide the role`,
      broken => {
        broken.add(TOOLING, 'Role', 'AWS::IAM::Role', { RoleName: 'many' });
        broken.add(TOOLING, 'Policy', 'AWS::IAM::Policy', { PolicyDocument, Roles: [{ Ref: 'Role' }] });
      },
    );
  });

  test('has managed policies that IAM takes, as many as it takes', () => {
    expectRefusal(
      'managed-policy-size',
      `${TOOLING}/Policy (pipeline/) has 11,415 characters, and IAM takes 6,144 a managed policy: divide it`,
      broken => broken.add(TOOLING, 'Policy', 'AWS::IAM::ManagedPolicy', { PolicyDocument }),
    );
    expectRefusal(
      'managed-policies',
      `${TOOLING}/Role (pipeline/) has 11 managed policies, and IAM takes 10 a role: divide the role`,
      broken => {
        const ManagedPolicyArns = Array.from({ length: 10 }, (_, index) => ({ Ref: `Other${index}` }));
        broken.add(TOOLING, 'Role', 'AWS::IAM::Role', { RoleName: 'many', ManagedPolicyArns });
        broken.add(TOOLING, 'Policy', 'AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }] });
      },
    );
  });

  test('has a trust policy that IAM takes', () => {
    expectRefusal(
      'role-trust-size',
      `${TOOLING}/Role (pipeline/) has a trust policy of 11415 characters, and IAM takes 2048: trust fewer principals, or divide the role`,
      broken => broken.add(TOOLING, 'Role', 'AWS::IAM::Role', { AssumeRolePolicyDocument: PolicyDocument }),
    );
  });
});

test('a name is no longer than AWS takes', () => {
  const Name = 'a-service-with-a-name-too-long-blue';
  expectRefusal(
    'name-length',
    `slipway-news-production/Blue (packages/news/service.yaml) is named ${Name} (35 characters), and AWS takes 32 for AWS::ElasticLoadBalancingV2::TargetGroup: shorten the name of the service or of the environment`,
    broken => {
      broken.properties('slipway-news-production', 'Blue').Name = Name;
    },
  );
});

describe('what is kept', () => {
  const table = (broken: Broken) => broken.stack('slipway-news-data-production').template.Resources;
  const id = () => idOf('slipway-news-data-production', 'AWS::DynamoDB::Table');

  test('goes when the first creation of its stack fails, or the next attempt meets its name', () => {
    expectRefusal(
      'retained-name',
      `slipway-news-data-production/${id()} (packages/news/service.yaml) is kept under the name slipway-news-production-articles when the first creation of its stack fails, and the next attempt cannot make it again: set DeletionPolicy to RetainExceptOnCreate (RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)`,
      broken => {
        table(broken)[id()].DeletionPolicy = 'Retain';
      },
    );
  });

  test('is all that holds data of a service', () => {
    expectRefusal(
      'data-not-kept',
      `slipway-news-data-production/${id()} (packages/news/service.yaml) keeps data and goes with its stack: set DeletionPolicy to RetainExceptOnCreate and UpdateReplacePolicy to Retain`,
      broken => {
        delete table(broken)[id()].DeletionPolicy;
      },
    );
  });
});
