import { describe, expect, test } from '@jest/globals';
import { loadEnvironments } from '@slipway/contract';
import { createNames } from '../names.ts';
import { type Assembly, tempFolder, writeRepository } from '../testing/fixture.ts';
import { placeAssembly } from '../testing/place.ts';
import { warningsOf } from '../warnings.ts';

const CLUSTER = 'slipway-cluster-production';
const SERVICE = 'slipway-news-production';
const CERTIFICATE =
  'arn:aws:acm:ap-northeast-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef';
const DOMAIN =
  '    domain: { name: services.example.com, zone: { id: Z0123456789, name: example.com }, CERTIFICATE }';
const withDomain = placeAssembly({ place: DOMAIN.replace(', CERTIFICATE', '') });
const without = placeAssembly();

const listeners = (assembly: Assembly, type: string) =>
  Object.values(assembly.template(CLUSTER).Resources)
    .filter(({ Type, Properties }) => Type.endsWith('::Listener') && type.includes(Properties.Protocol))
    .map(({ Properties }) => Properties);
const records = (assembly: Assembly) =>
  Object.values(assembly.template(CLUSTER).Resources)
    .filter(({ Type }) => Type === 'AWS::Route53::RecordSet')
    .map(({ Properties }) => Properties);

describe('with a domain', () => {
  test('TLS ends at the internal balancer, with a certificate that renews by itself', () => {
    const [secure] = listeners(withDomain, 'HTTPS').filter(({ Port }) => Port === 443);
    expect(secure).toMatchObject({
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
      Certificates: [{ CertificateArn: { Ref: 'Certificate' } }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    expect(withDomain.resource(CLUSTER, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'services.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'services.example.com', HostedZoneId: 'Z0123456789' }],
    });
  });

  test('a certificate that the environment names is taken as it is', () => {
    const assembly = placeAssembly({ place: DOMAIN.replace('CERTIFICATE', `certificate: "${CERTIFICATE}"`) });
    expect(listeners(assembly, 'HTTPS').find(({ Port }) => Port === 443)?.Certificates).toEqual([
      { CertificateArn: CERTIFICATE },
    ]);
    const types = Object.values(assembly.template(CLUSTER).Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::CertificateManager::Certificate');
  });

  test('HTTP leads to the domain over TLS, by whatever name somebody came', () => {
    const [plain] = listeners(withDomain, 'HTTP').filter(({ Port }) => Port === 80);
    expect(plain.DefaultActions).toEqual([
      {
        Type: 'redirect',
        RedirectConfig: {
          ...{ Protocol: 'HTTPS', Port: '443', Host: 'services.example.com', StatusCode: 'HTTP_301' },
        },
      },
    ]);
  });

  test('the door leads both ports on without looking into them, and finds each way healthy by itself', () => {
    expect(listeners(withDomain, 'TCP').map(({ Port }) => Port)).toEqual([80, 443]);
    const groups = Object.values(withDomain.template(CLUSTER).Resources).filter(
      ({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup',
    );
    expect(
      groups.map(({ Properties: { Name, Port, Protocol, TargetType, HealthCheckProtocol } }) => [
        ...[Name, Port, Protocol, TargetType, HealthCheckProtocol],
      ]),
    ).toEqual([
      ['slipway-production-door', 80, 'TCP', 'alb', 'HTTP'],
      ['slipway-production-door-tls', 443, 'TCP', 'alb', 'HTTPS'],
    ]);
  });

  test('services have their rule, and CodeDeploy shifts, on the listener over TLS; tests stay inside', () => {
    const imported = (name: string) => ({ 'Fn::ImportValue': `slipway-production-${name}` });
    const rules = Object.values(withDomain.template(SERVICE).Resources).filter(({ Type }) =>
      Type.endsWith('::ListenerRule'),
    );
    expect(rules.map(({ Properties }) => Properties.ListenerArn)).toEqual([
      ...[imported('secure-listener'), imported('test-listener')],
    ]);
    const group = withDomain.resource(SERVICE, 'AWS::CodeDeploy::DeploymentGroup').Properties;
    const [pair] = group.LoadBalancerInfo.TargetGroupPairInfoList;
    expect([pair.ProdTrafficRoute, pair.TestTrafficRoute]).toEqual([
      { ListenerArns: [imported('secure-listener')] },
      { ListenerArns: [imported('test-listener')] },
    ]);
    const test = listeners(withDomain, 'HTTP').find(({ Port }) => Port === 9080);
    expect(test?.Protocol).toBe('HTTP');
  });

  test('tasks may reach the balancer over TLS, and not over HTTP', () => {
    const ports = Object.values(withDomain.template(SERVICE).Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::EC2::SecurityGroupIngress' && JSON.stringify(Properties.GroupId).includes('balancer')
        ? [Properties.ToPort]
        : [],
    );
    expect(new Set(ports)).toEqual(new Set([443]));
  });

  test('the name leads to the door, to the region that answers soonest where there are several', () => {
    expect(records(withDomain)[0]).toMatchObject({
      ...{ HostedZoneId: 'Z0123456789', Name: 'services.example.com', Type: 'A' },
      ...{ Region: 'ap-northeast-1', SetIdentifier: 'production' },
      AliasTarget: { EvaluateTargetHealth: true },
    });
  });

  test('the door tells its address', () => {
    expect(withDomain.template(CLUSTER).Outputs?.DoorAddress?.Value).toBe('https://services.example.com');
  });
});

describe('without a domain', () => {
  test('there is HTTP only, and no way in over 443', () => {
    expect(listeners(without, 'HTTP HTTPS TCP').map(({ Port, Protocol }) => [Port, Protocol])).toEqual([
      ...[
        [80, 'HTTP'],
        [9080, 'HTTP'],
        [80, 'TCP'],
      ],
    ]);
    const door = without.resource(CLUSTER, 'AWS::EC2::SecurityGroup', ({ GroupDescription }) =>
      GroupDescription.includes('public door'),
    );
    expect(door.Properties.SecurityGroupIngress.map(({ ToPort }: { ToPort: number }) => ToPort)).toEqual([
      80,
    ]);
  });

  test('the exports are the same and one less: no name ever changes its value', () => {
    const exported = (assembly: Assembly) =>
      Object.values(assembly.template(CLUSTER).Outputs ?? {}).flatMap(({ Value, Export }) =>
        Export ? [[Export.Name, JSON.stringify(Value)] as const] : [],
      );
    const secured = new Map(exported(withDomain));
    for (const [name, value] of exported(without)) expect([name, secured.get(name)]).toEqual([name, value]);
    expect(secured.size).toBe(exported(without).length + 1);
  });
});

describe('the names inside a network', () => {
  const zones = (assembly: Assembly) =>
    Object.values(assembly.template(CLUSTER).Resources)
      .filter(({ Type }) => Type === 'AWS::Route53::HostedZone')
      .map(({ Properties }) => Properties);
  const addressOf = (place: string) => {
    using temp = tempFolder();
    writeRepository(temp.path, {
      environments: `account: "123456789012"\nregion: ap-northeast-1\nenvironments:\n  production:\n    network: { zones: [ap-northeast-1a, ap-northeast-1c] }\n${place}\n`,
    });
    const environments = loadEnvironments(temp.path);
    return {
      address: createNames(environments).internalAddress(environments.environments[0]!),
      warnings: warningsOf(environments),
    };
  };

  test('lead to the internal balancer, known before anybody knows what AWS calls it', () => {
    expect(zones(without)).toMatchObject([
      {
        Name: 'production.slipway.internal',
        VPCs: [{ VPCId: { 'Fn::ImportValue': 'slipway-production-vpc' }, VPCRegion: 'ap-northeast-1' }],
      },
    ]);
    const [record] = records(without);
    expect(record).toMatchObject({ Name: 'production.slipway.internal', Type: 'A' });
    expect(JSON.stringify(record.AliasTarget.DNSName)).toMatch(/"Balancer/);
    expect(addressOf('').address).toBe('http://production.slipway.internal');
  });

  test('are the domain itself over TLS where there is one: the certificate proves no other', () => {
    expect(zones(withDomain).map(({ Name, VPCs }) => [Name, VPCs.length])).toEqual([
      ['production.slipway.internal', 1],
      ['services.example.com', 1],
    ]);
    const inside = records(withDomain).find(({ HostedZoneId }) => HostedZoneId.Ref === 'InternalDomainZone');
    expect(JSON.stringify(inside.AliasTarget.DNSName)).toMatch(/"Balancer/);
    expect(addressOf(DOMAIN.replace(', CERTIFICATE', '')).address).toBe('https://services.example.com');
  });

  test('a missing domain is told loudly, and one that hides its whole zone from tasks', () => {
    expect(addressOf('').warnings).toEqual([expect.stringMatching(/^production HAS NO DOMAIN: .*HTTP/)]);
    expect(addressOf(DOMAIN.replace(', CERTIFICATE', '')).warnings).toEqual([]);
    const apex = '    domain: { name: example.com, zone: { id: Z0123456789, name: example.com } }';
    expect(addressOf(apex).warnings).toEqual([
      expect.stringContaining('as in services.example.com, if they are to'),
    ]);
  });
});
