import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Assembly } from '../testing/fixture.ts';
import { placeAssembly } from '../testing/place.ts';

const CLUSTER = 'slipway-cluster-production';
const SERVICE = 'slipway-news-production';

const of = (assembly: Assembly) => ({
  cluster: (type: string) => assembly.resource(CLUSTER, type).Properties,
  types: Object.values(assembly.template(CLUSTER).Resources).map(({ Type }) => Type),
  service: assembly.resource(SERVICE, 'AWS::ECS::Service').Properties,
  seed: assembly.resource(SERVICE, 'AWS::ECS::TaskDefinition').Properties,
  taskDefinition: JSON.parse(assembly.release['news/production/taskdef.json']!),
  target: parse(assembly.release['news/production/appspec.yaml']!).Resources[0].TargetService.Properties,
});

const FARGATE = [{ CapacityProvider: 'FARGATE', Base: 0, Weight: 1 }];

describe('Fargate', () => {
  test('is on demand by default, in the cluster, the services and their releases', () => {
    const { cluster, service, seed, taskDefinition, target } = of(placeAssembly());
    expect(cluster('AWS::ECS::Cluster')).toMatchObject({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    });
    expect([service.CapacityProviderStrategy, target.CapacityProviderStrategy]).toEqual([FARGATE, FARGATE]);
    expect([service.PlatformVersion, target.PlatformVersion]).toEqual(['LATEST', 'LATEST']);
    expect(seed.RequiresCompatibilities).toEqual(['FARGATE']);
    expect(taskDefinition.requiresCompatibilities).toEqual(['FARGATE']);
  });
});

describe('Fargate Spot', () => {
  const { cluster, service, target } = of(
    placeAssembly({ place: '    capacity: { type: fargate-spot, onDemand: 2, spot: 3 }' }),
  );

  test('keeps tasks on demand, so that not everything can go at once', () => {
    expect(target.CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 1 },
      { CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 3 },
    ]);
    expect(cluster('AWS::ECS::Cluster').DefaultCapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 1 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
    ]);
  });

  test('comes with releases, and changes nothing that CloudFormation cannot change of a service of CodeDeploy', () => {
    expect(service.CapacityProviderStrategy).toEqual(FARGATE);
  });
});

describe('instances of one’s own', () => {
  const place = (keys: string) =>
    placeAssembly({ place: `    capacity: { type: ec2, instanceType: t4g.small, ${keys} }\n` });
  const assembly = place('count: 2, max: 5');
  const { cluster, types, service, seed, taskDefinition, target } = of(assembly);
  const template = (from: Assembly = assembly) =>
    from.resource(CLUSTER, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;
  const provider = 'slipway-production-instances';

  test('carry the tasks of services, their first ones and their releases', () => {
    const strategy = [{ CapacityProvider: provider, Base: 0, Weight: 1 }];
    expect([service.CapacityProviderStrategy, target.CapacityProviderStrategy]).toEqual([strategy, strategy]);
    expect(seed.RequiresCompatibilities).toEqual(['EC2']);
    expect(taskDefinition).toMatchObject({ requiresCompatibilities: ['EC2'], networkMode: 'awsvpc' });
  });

  test('have no platform version, which is Fargate’s', () => {
    expect([service, target].map(properties => 'PlatformVersion' in properties)).toEqual([false, false]);
  });

  test('join the cluster through a capacity provider that adds and empties them, beside Fargate', () => {
    expect(cluster('AWS::ECS::CapacityProvider')).toMatchObject({
      Name: provider,
      AutoScalingGroupProvider: {
        ManagedScaling: { Status: 'ENABLED', TargetCapacity: 100 },
        ManagedDraining: 'ENABLED',
        ManagedTerminationProtection: 'DISABLED',
      },
    });
    expect(cluster('AWS::ECS::ClusterCapacityProviderAssociations')).toMatchObject({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT', { Ref: 'CapacityProvider' }],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: provider, Weight: 1 }],
    });
    expect(cluster('AWS::ECS::Cluster')).not.toHaveProperty('CapacityProviders');
    expect(assembly.resource(CLUSTER, 'AWS::AutoScaling::AutoScalingGroup')).toMatchObject({
      DependsOn: ['Cluster'],
      Properties: { MinSize: '2', MaxSize: '5', AutoScalingGroupName: provider },
    });
  });

  test('are protected with their tasks where the environment is', () => {
    const guarded = placeAssembly({
      place: '    protect: true\n    capacity: { type: ec2, instanceType: t4g.small }',
    });
    expect(of(guarded).cluster('AWS::ECS::CapacityProvider').AutoScalingGroupProvider).toMatchObject({
      ManagedTerminationProtection: 'ENABLED',
    });
    expect(of(guarded).cluster('AWS::AutoScaling::AutoScalingGroup').NewInstancesProtectedFromScaleIn).toBe(
      true,
    );
  });

  test.each([
    ['ARM64', 't4g.small', '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id'],
    ['X86_64', 't3.small', '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id'],
  ])('on %s start from the newest Amazon Linux 2023 that ECS offers for it', (architecture, type, image) => {
    const made = placeAssembly({ architecture, place: `    capacity: { type: ec2, instanceType: ${type} }` });
    expect(template(made)).toMatchObject({ ImageId: `resolve:ssm:${image}`, InstanceType: type });
  });

  test('have an encrypted gp3 disk of at least 30 GiB', () => {
    const disk = (from: Assembly) => template(from).BlockDeviceMappings[0].Ebs;
    expect(disk(assembly)).toMatchObject({ VolumeType: 'gp3', VolumeSize: 30, Encrypted: true });
    expect(disk(place('disk: 100')).VolumeSize).toBe(100);
  });

  test('are reached by Session Manager and by nothing else: no key pair, nothing comes in', () => {
    expect(template()).not.toHaveProperty('KeyName');
    const group = assembly.resource(CLUSTER, 'AWS::EC2::SecurityGroup', ({ GroupDescription }) =>
      GroupDescription.startsWith('Instances'),
    ).Properties;
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group.SecurityGroupEgress).toMatchObject([{ FromPort: 443, ToPort: 443 }]);
    expect(types).not.toContain('AWS::EC2::KeyPair');
  });

  test('give their credentials to sessions only, and to no container', () => {
    expect(template().MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    const script = template().UserData['Fn::Base64'] as string;
    expect(script).toContain('\nECS_CLUSTER=slipway-production\n');
    expect(script).toContain('\nECS_AWSVPC_BLOCK_IMDS=true\n');
  });

  test('stand in the private subnets, or in the public ones where the environment says so', () => {
    const subnets = (from: Assembly) =>
      of(from)
        .cluster('AWS::AutoScaling::AutoScalingGroup')
        .VPCZoneIdentifier.map((subnet: object) => JSON.stringify(subnet));
    for (const subnet of subnets(assembly)) expect(subnet).toContain('private-subnet');
    for (const subnet of subnets(place('public: true'))) expect(subnet).toContain('public-subnet');
    const tasks = of(place('public: true')).service.NetworkConfiguration.AwsvpcConfiguration;
    expect(JSON.stringify(tasks.Subnets)).not.toContain('public-subnet');
  });

  test('are bought on demand, or as spare capacity that is replaced before it goes', () => {
    expect(template()).not.toHaveProperty('InstanceMarketOptions');
    const spot = place('market: spot');
    expect(template(spot).InstanceMarketOptions).toEqual({ MarketType: 'spot' });
    expect(of(spot).cluster('AWS::AutoScaling::AutoScalingGroup').CapacityRebalance).toBe(true);
  });

  test('have a role that joins this cluster, opens sessions, and can do nothing else', () => {
    const role = assembly.resource(CLUSTER, 'AWS::IAM::Role', ({ RoleName }) => RoleName === provider);
    const statements: { Action: string | string[]; Resource: unknown }[] =
      role.Properties.Policies[0].PolicyDocument.Statement;
    const cluster = 'arn:aws:ecs:ap-northeast-1:123456789012:cluster/slipway-production';
    for (const { Action, Resource } of statements) {
      const isAnywhere = JSON.stringify(Resource) === '"*"';
      const own = [Action].flat().filter(action => !/^ssm(messages)?:|DiscoverPollEndpoint/.test(action));
      expect([own, isAnywhere]).toEqual([own, own.length === 0]);
    }
    expect(JSON.stringify(statements)).toContain(`"${cluster}"`);
    expect(JSON.stringify(statements)).not.toMatch(/ecr:|logs:|s3:|CreateCluster/);
  });
});
