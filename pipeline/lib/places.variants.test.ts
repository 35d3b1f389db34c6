import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asiaAssembly, SERVICES } from './testing/fixture.ts';

/** docs/examples/asia.environments.yaml: staging in Tokyo; production in three regions of an account of its own. */
const assembly = asiaAssembly();
const HOME = '111111111111';
const PRODUCTION = '222222222222';
const REGIONS = ['ap-northeast-1', 'ap-northeast-3', 'ap-southeast-1'];
const PLACES = ['production', 'production-osaka', 'production-singapore'];

/** Where each stack is deployed, as `<account>/<region>`. */
function spots(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(assembly.path, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { type: string; environment?: string }>;
  };
  return Object.fromEntries(
    Object.entries(manifest.artifacts)
      .filter(([, { type }]) => type === 'aws:cloudformation:stack')
      .map(([name, { environment = '' }]) => [name, environment.replace('aws://', '')]),
  );
}

interface Action {
  readonly Name: string;
  readonly Region?: string;
  readonly RoleArn?: unknown;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
}
interface Stage {
  readonly Name: string;
  readonly Actions: readonly Action[];
  readonly BeforeEntry?: {
    readonly Conditions: readonly { readonly Rules: readonly { readonly Configuration: unknown }[] }[];
  };
}
function stages(stack: string): Stage[] {
  return assembly.resource(stack, 'AWS::CodePipeline::Pipeline').Properties.Stages;
}
function stage(stack: string, name: string): Stage {
  const found = stages(stack).find(each => each.Name === name);
  if (found === undefined) throw new Error(`no stage ${name} in ${stack}`);
  return found;
}

describe('the stacks', () => {
  test('are one set per place, and none that CDK made up', () => {
    const perService = Object.keys(SERVICES).flatMap(name =>
      [
        ...['pipeline', 'images', 'images-ap-northeast-3', 'images-ap-southeast-1', `roles-${PRODUCTION}`],
        ...['staging', ...PLACES].flatMap(place => (name === 'user' ? [place] : [place, `data-${place}`])),
      ].map(ending => `slipway-${name}-${ending}`),
    );
    const platform = ['repository', 'tooling', 'platform-pipeline', 'definition'];
    const tooling = [
      ...['tooling-ap-northeast-3', 'tooling-ap-southeast-1'],
      ...REGIONS.map(region => `tooling-${PRODUCTION}-${region}`),
    ];
    const places = ['staging', ...PLACES].flatMap(place => [`network-${place}`, `cluster-${place}`]);
    const expected = [...perService, ...[...platform, ...tooling, ...places].map(name => `slipway-${name}`)];
    expect(Object.keys(spots()).sort()).toEqual(expected.sort());
  });

  test('stand where environments.yaml says', () => {
    const where = spots();
    expect(where).toMatchObject({
      'slipway-platform-pipeline': `${HOME}/ap-northeast-1`,
      'slipway-news-pipeline': `${HOME}/ap-northeast-1`,
      'slipway-news-images-ap-southeast-1': `${HOME}/ap-southeast-1`,
      'slipway-news-staging': `${HOME}/ap-northeast-1`,
    });
    for (const [index, place] of PLACES.entries()) {
      for (const stack of [`network-${place}`, `cluster-${place}`, `news-data-${place}`, `news-${place}`])
        expect([stack, where[`slipway-${stack}`]]).toEqual([stack, `${PRODUCTION}/${REGIONS[index]}`]);
    }
  });

  test('name what is regional and short on letters after the environment, all else after the place', () => {
    const osaka = 'slipway-news-production-osaka';
    const service = assembly.resource(osaka, 'AWS::ECS::Service').Properties;
    expect(service.ServiceName).toBe('news');
    expect(service.DesiredCount).toBe(2);
    const groups = Object.values(assembly.template(osaka).Resources).filter(({ Type }) =>
      Type.endsWith('::TargetGroup'),
    );
    expect(groups.map(({ Properties }) => Properties.Name).sort()).toEqual([
      'news-production-blue',
      'news-production-green',
    ]);
    expect(
      assembly.resource('slipway-cluster-production-osaka', 'AWS::ECS::Cluster').Properties.ClusterName,
    ).toBe('slipway-production');
    expect(assembly.resource(osaka, 'AWS::CodeDeploy::Application').Properties.ApplicationName).toBe(osaka);
  });
});

describe('a delivery pipeline', () => {
  const pipeline = 'slipway-news-pipeline';

  test('asks once for production and then goes through its regions wave by wave', () => {
    expect(stages(pipeline).map(({ Name }) => Name)).toEqual([
      ...['Source', 'Build', 'Staging', 'Approval', 'Production', 'ProductionWave2', 'ProductionWave3'],
    ]);
  });

  test('leaves alone what the build found unchanged, and asks when any place changes', () => {
    const only = (name: string) => stage(pipeline, name).BeforeEntry?.Conditions[0]?.Rules[0]?.Configuration;
    const Variable = '#{Build.CHANGED}';
    expect(only('Approval')).toEqual({ Variable, Operator: 'MATCHES', Value: `.*,(${PLACES.join('|')}),.*` });
    for (const [name, place] of [
      ['Production', PLACES[0]],
      ['ProductionWave2', PLACES[1]],
    ] as const)
      expect(only(name)).toEqual({ Variable, Operator: 'CONTAINS', Value: `,${place},` });
  });

  test('acts in each region with roles of the account there', () => {
    for (const [index, name] of ['Production', 'ProductionWave2', 'ProductionWave3'].entries()) {
      const place = PLACES[index];
      for (const { Region, RoleArn, ActionTypeId, Configuration } of stage(pipeline, name).Actions) {
        const part = ActionTypeId.Provider === 'CloudFormation' ? 'deploy' : 'release';
        expect([Region, RoleArn]).toEqual([
          REGIONS[index],
          `arn:aws:iam::${PRODUCTION}:role/slipway-news-${place}-${part}`,
        ]);
        if (part === 'deploy')
          expect(Configuration.RoleArn).toBe(
            `arn:aws:iam::${PRODUCTION}:role/slipway-news-${place}-cloudformation`,
          );
      }
    }
  });

  test('hands artifacts over in a bucket and under a key of each region, at home', () => {
    const { ArtifactStore, ArtifactStores } = assembly.resource(
      pipeline,
      'AWS::CodePipeline::Pipeline',
    ).Properties;
    expect(ArtifactStore).toBeUndefined();
    expect(ArtifactStores).toEqual(
      REGIONS.map(Region => ({
        Region,
        ArtifactStore: {
          ...{ Type: 'S3', Location: `slipway-artifacts-${HOME}-${Region}` },
          EncryptionKey: { Type: 'KMS', Id: `arn:aws:kms:${Region}:${HOME}:alias/slipway-artifacts` },
        },
      })),
    );
    const [build] = assembly.resources('AWS::CodeBuild::Project');
    expect(build!.Properties.EncryptionKey).toBe('alias/slipway-artifacts');
  });

  test('leaves the image to CodePipeline at home, and states it where only the build brings it', () => {
    const image = (place: string) => {
      const file = join(assembly.path, 'release/news', place, 'taskdef.json');
      return JSON.parse(readFileSync(file, 'utf8')).containerDefinitions[0].image;
    };
    const fill = (name: string) =>
      stage(pipeline, name).Actions.find(({ Name }) => Name === 'BlueGreen')?.Configuration
        .Image1ContainerName;
    for (const [index, place] of PLACES.entries()) {
      const registry = `${HOME}.dkr.ecr.${REGIONS[index]}.amazonaws.com`;
      expect([place, image(place)]).toEqual([
        place,
        index === 0 ? '<IMAGE1_NAME>' : `${registry}/slipway/news@<SLIPWAY_DIGEST>`,
      ]);
    }
    expect(['Production', 'ProductionWave2'].map(fill)).toEqual(['IMAGE1_NAME', undefined]);
    const build = assembly.resource(pipeline, 'AWS::CodeBuild::Project').Properties;
    expect(build.Environment.EnvironmentVariables).toContainEqual({
      ...{ Name: 'REGIONS', Type: 'PLAINTEXT', Value: 'ap-northeast-3 ap-southeast-1' },
    });
    const push = assembly.resource(
      pipeline,
      'AWS::IAM::Role',
      ({ RoleName }) => RoleName === 'slipway-news-build',
    );
    for (const region of REGIONS)
      expect(JSON.stringify(push.Properties)).toContain(
        `arn:aws:ecr:${region}:${HOME}:repository/slipway/news`,
      );
  });

  test('comes after the roles that it acts with and the registries that it pushes to', () => {
    const orders = stages('slipway-platform-pipeline').flatMap(({ Actions }) =>
      Actions.map(action => [action.Configuration.StackName, action.RunOrder] as const),
    );
    const order = (stack: string) => orders.find(([name]) => name === stack)?.[1];
    for (const before of ['images', 'images-ap-northeast-3', 'images-ap-southeast-1', `roles-${PRODUCTION}`])
      expect(order(`slipway-news-${before}`)).toBeLessThan(order(pipeline)!);
  });
});

describe('an account that is not the home of the pipelines', () => {
  interface Statement {
    readonly Principal: { readonly AWS?: string; readonly Service?: string };
    readonly Action: string | readonly string[];
    readonly Condition?: Readonly<Record<string, unknown>>;
  }
  const roles = () =>
    Object.entries(spots())
      .filter(([, where]) => where.startsWith(PRODUCTION))
      .flatMap(([stack]) => Object.values(assembly.template(stack).Resources))
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties }) => ({
        name: Properties.RoleName as string,
        trust: Properties.AssumeRolePolicyDocument.Statement as Statement[],
      }));

  test('trusts roles of the home one by one, never an account', () => {
    const arn = (role: string) => `arn:aws:iam::${HOME}:role/${role}`;
    const root = `arn:aws:iam::${HOME}:root`;
    for (const { name, trust } of roles()) {
      for (const { Principal, Condition } of trust.filter(
        statement => statement.Principal.AWS !== undefined,
      )) {
        if (Principal.AWS === arn('slipway-platform-pipeline')) continue;
        expect([name, Principal.AWS]).toEqual([name, root]);
        const callers = (Condition as { ArnLike: { 'aws:PrincipalArn': string[] } }).ArnLike[
          'aws:PrincipalArn'
        ];
        const expected =
          name === 'slipway-look'
            ? ['slipway-plan', 'slipway-release', 'slipway-*-build'].map(arn)
            : [arn(`slipway-${name.split('-')[1]}-pipeline`)];
        expect([name, callers]).toEqual([name, expected]);
      }
    }
    const platform = roles().find(({ name }) => name === 'slipway-platform-deploy');
    expect(platform?.trust.map(({ Principal }) => Principal.AWS)).toEqual([arn('slipway-platform-pipeline')]);
  });

  test('has every role once, whatever the number of its regions', () => {
    const names = roles().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(PLACES.map(place => `slipway-news-${place}-task`)));
    for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
  });

  test('reads artifacts with the roles that deploy there, and with no others', () => {
    const tooling = 'slipway-tooling-ap-northeast-3';
    const role = (name: string) => `arn:aws:iam::${PRODUCTION}:role/${name}`;
    const readers = [
      ...[role('slipway-platform-deploy'), role('slipway-*-production-osaka-deploy')],
      ...[role('slipway-*-production-osaka-release'), role('slipway-*-production-osaka-codedeploy')],
    ];
    const foreign = (statements: Statement[]) =>
      statements.filter(({ Principal }) => Principal.AWS === `arn:aws:iam::${PRODUCTION}:root`);
    const bucket = assembly.resource(tooling, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement;
    const key = assembly.resource(tooling, 'AWS::KMS::Key').Properties.KeyPolicy.Statement;
    expect(foreign(bucket)).toHaveLength(2);
    expect(foreign(key).map(({ Action }) => Action)).toEqual([['kms:Decrypt', 'kms:DescribeKey']]);
    for (const { Condition } of [...foreign(bucket), ...foreign(key)])
      expect(Condition).toEqual({ ArnLike: { 'aws:PrincipalArn': readers } });
  });

  test('pulls images of a service with its execution roles only, each from its own region', () => {
    for (const [index, place] of PLACES.entries()) {
      const stack = index === 0 ? 'slipway-news-images' : `slipway-news-images-${REGIONS[index]}`;
      const { RepositoryName, RepositoryPolicyText } = assembly.resource(
        stack,
        'AWS::ECR::Repository',
      ).Properties;
      expect(RepositoryName).toBe('slipway/news');
      expect(RepositoryPolicyText.Statement).toEqual([
        {
          ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${PRODUCTION}:root` } },
          Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          Condition: {
            ArnEquals: {
              'aws:PrincipalArn': [`arn:aws:iam::${PRODUCTION}:role/slipway-news-${place}-execution`],
            },
          },
        },
      ]);
    }
  });

  test('has a way of its own to the public base image in every region', () => {
    for (const [index, place] of PLACES.entries()) {
      const rule = assembly.resource(
        `slipway-tooling-${PRODUCTION}-${REGIONS[index]}`,
        'AWS::ECR::PullThroughCacheRule',
      );
      const seed = assembly.resource(`slipway-news-${place}`, 'AWS::ECS::TaskDefinition').Properties;
      const registry = `${PRODUCTION}.dkr.ecr.${REGIONS[index]}.amazonaws.com`;
      expect(seed.ContainerDefinitions[0].Image).toBe(
        `${registry}/${rule.Properties.EcrRepositoryPrefix}/docker/library/node:24-slim`,
      );
    }
  });
});
