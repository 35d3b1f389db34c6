// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so
import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../evaluation.ts';
import { parseTemplate } from '../template.ts';

/** The property `Value` of a resource whose template knows parameters, mappings, conditions and two resources. */
function valueWith(value: unknown, { extensions = false, region = 'ap-northeast-1' } = {}): unknown {
  const template = parseTemplate({
    ...(extensions ? { Transform: 'AWS::LanguageExtensions' } : {}),
    Parameters: {
      Name: { Type: 'String', Default: 'news' },
      Count: { Type: 'Number', Default: 2 },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
    },
    Mappings: { Sizes: { small: { cpu: 256, zones: ['x', 'y'] } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'news'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'Both' }, { 'Fn::Equals': [{ Ref: 'Count' }, 2] }] },
    },
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Subject: { Type: 'AWS::SSM::Parameter', Properties: { Value: value } },
    },
  });
  const evaluation = evaluate({
    template,
    environment: {
      account: '123456789012',
      region,
      stackName: 'slipway-news',
      stackId: 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/slipway-news/1',
    },
    parameters: {},
    lookups: {
      exported: name => (name === 'slipway-vpc' ? 'vpc-1' : undefined),
      parameter: (name, version) => (name === '/known' ? `plain${version ?? ''}` : undefined),
      secret: () => 'hidden',
      zones: where => [`${where}a`, `${where}c`],
    },
  });
  const attributes = { Arn: 'arn:aws:s3:::b', 'Endpoint.Address': 'host', List: ['p', 'q'] };
  return evaluation.resource('Subject', logicalId => ({ physicalId: `${logicalId}-id`, attributes }))
    .properties.Value;
}

const ref = (Ref: string) => ({ Ref });
const join = (...argument: unknown[]) => ({ 'Fn::Join': argument });
const sub = (argument: unknown) => ({ 'Fn::Sub': argument });
const when = (condition: string, yes: unknown, no: unknown) => ({ 'Fn::If': [condition, yes, no] });
const select = (...argument: unknown[]) => ({ 'Fn::Select': argument });
const cidr = (...argument: unknown[]) => ({ 'Fn::Cidr': argument });

describe('intrinsic functions give what AWS documents', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref to a resource', ref('Bucket'), 'Bucket-id'],
    ['Ref to a parameter', ref('Name'), 'news'],
    ['Ref to a number parameter', ref('Count'), '2'],
    ['Ref to a list parameter, trimmed', ref('Zones'), ['a', 'b', 'c']],
    ['AWS::AccountId', ref('AWS::AccountId'), '123456789012'],
    ['AWS::Region', ref('AWS::Region'), 'ap-northeast-1'],
    ['AWS::Partition', ref('AWS::Partition'), 'aws'],
    ['AWS::URLSuffix', ref('AWS::URLSuffix'), 'amazonaws.com'],
    ['AWS::StackName', ref('AWS::StackName'), 'slipway-news'],
    [
      'AWS::StackId',
      ref('AWS::StackId'),
      'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/slipway-news/1',
    ],
    ['AWS::NotificationARNs', ref('AWS::NotificationARNs'), []],
    ['AWS::NoValue in a map', { a: ref('AWS::NoValue'), b: 1 }, { b: 1 }],
    ['AWS::NoValue in a list', ['a', ref('AWS::NoValue'), 'b'], ['a', 'b']],
    ['AWS::NoValue out of an If', [when('No', 'x', ref('AWS::NoValue'))], []],
    ['AWS::NoValue as the whole property', ref('AWS::NoValue'), undefined],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::b'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Bucket.Arn' }, 'arn:aws:s3:::b'],
    ['GetAtt with a dotted attribute', { 'Fn::GetAtt': ['Table', 'Endpoint.Address'] }, 'host'],
    ['GetAtt with a dotted attribute as text', { 'Fn::GetAtt': 'Table.Endpoint.Address' }, 'host'],
    ['GetAtt of a list', { 'Fn::GetAtt': ['Table', 'List'] }, ['p', 'q']],
    ['Join', join('-', ['a', ref('Name'), 1, true]), 'a-news-1-true'],
    ['Join over a list parameter', join(',', ref('Zones')), 'a,b,c'],
    ['Join leaves NoValue out', join('-', ['a', ref('AWS::NoValue')]), 'a'],
    ['Split', { 'Fn::Split': ['|', 'a||c'] }, ['a', '', 'c']],
    ['Select', select(1, ['a', 'b']), 'b'],
    ['Select by text out of a Split', select('2', { 'Fn::Split': ['/', 'a/b/c'] }), 'c'],
    ['Select out of a list parameter', select(0, ref('Zones')), 'a'],
    [
      'Sub',
      sub('${Name}:${Bucket}:${Bucket.Arn}:${AWS::Region}'),
      'news:Bucket-id:arn:aws:s3:::b:ap-northeast-1',
    ],
    ['Sub with variables', sub(['${A}${Name}', { A: ref('Count'), Name: 'own' }]), '2own'],
    ['Sub with a literal', sub('${!Literal} ${Name}'), '${Literal} news'],
    ['Sub with a dotted attribute', sub('${Table.Endpoint.Address}'), 'host'],
    ['Sub leaves other dollars alone', sub('$Name $ {Name} $$'), '$Name $ {Name} $$'],
    ['Sub does not resolve twice', sub(['${A}', { A: '${Name}' }]), '${Name}'],
    ['If true', when('Yes', 'y', 'n'), 'y'],
    ['If false', when('No', 'y', 'n'), 'n'],
    ['And', when('Both', 1, 2), 2],
    ['Or, comparing a number with its text', when('Either', 1, 2), 1],
    ['If resolves only the branch taken', when('Yes', 'y', { 'Fn::ImportValue': 'nobody' }), 'y'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'cpu'] }, 256],
    ['FindInMap of a list', { 'Fn::FindInMap': ['Sizes', 'small', 'zones'] }, ['x', 'y']],
    ['ImportValue', { 'Fn::ImportValue': 'slipway-vpc' }, 'vpc-1'],
    ['ImportValue of a Sub', { 'Fn::ImportValue': sub(['slipway-${V}', { V: 'vpc' }]) }, 'vpc-1'],
    ['GetAZs of a region', { 'Fn::GetAZs': 'eu-west-1' }, ['eu-west-1a', 'eu-west-1c']],
    ['GetAZs of no region', { 'Fn::GetAZs': '' }, ['ap-northeast-1a', 'ap-northeast-1c']],
    [
      'GetAZs of the own region',
      { 'Fn::GetAZs': ref('AWS::Region') },
      ['ap-northeast-1a', 'ap-northeast-1c'],
    ],
    ['Base64', { 'Fn::Base64': sub('hi ${Name}') }, 'aGkgbmV3cw=='],
    [
      'Cidr',
      cidr('192.168.0.0/24', 6, 5),
      [
        '192.168.0.0/27',
        '192.168.0.32/27',
        '192.168.0.64/27',
        '192.168.0.96/27',
        '192.168.0.128/27',
        '192.168.0.160/27',
      ],
    ],
    ['Cidr of text numbers', select(1, cidr('10.0.0.0/16', '2', '8')), '10.0.1.0/24'],
    [
      'Cidr of IPv6',
      cidr('2001:db8:1234:1a00::/56', 2, 64),
      ['2001:db8:1234:1a00::/64', '2001:db8:1234:1a01::/64'],
    ],
    [
      'a policy keeps its Condition',
      { Condition: { StringEquals: ref('Name') } },
      { Condition: { StringEquals: 'news' } },
    ],
    ['a policy with only a Condition keeps it', { Condition: 'Yes' }, { Condition: 'Yes' }],
    ['Ref beside other keys is data', { Ref: 'x', other: 1 }, { Ref: 'x', other: 1 }],
    ['numbers and booleans stay what they are', [1, false, null], [1, false, null]],
    ['a parameter of Systems Manager', 'a {{resolve:ssm:/known}} {{resolve:ssm:/known:3}}', 'a plain plain3'],
    [
      'a secret stays a reference',
      '{{resolve:secretsmanager:s:SecretString:k}}',
      '{{resolve:secretsmanager:s:SecretString:k}}',
    ],
  ])('%s', (_title, written, expected) => {
    expect(valueWith(written)).toEqual(expected);
  });

  test('the partition and suffix follow the region', () => {
    expect(valueWith(sub('${AWS::Partition} ${AWS::URLSuffix}'), { region: 'cn-north-1' })).toBe(
      'aws-cn amazonaws.com.cn',
    );
  });

  test.each<[string, unknown, unknown]>([
    ['Length', { 'Fn::Length': ref('Zones') }, 3],
    [
      'ToJsonString',
      { 'Fn::ToJsonString': { a: ref('Name'), b: [1, ref('AWS::NoValue')] } },
      '{"a":"news","b":[1]}',
    ],
    [
      'a default of FindInMap',
      { 'Fn::FindInMap': ['Sizes', 'huge', 'cpu', { DefaultValue: ref('Count') }] },
      '2',
    ],
  ])('%s is there with the language extensions', (_title, written, expected) => {
    expect(valueWith(written, { extensions: true })).toEqual(expected);
  });
});

describe('intrinsic functions that are wrong are told with AWS words', () => {
  test.each<[unknown, string]>([
    [ref('Nobody'), 'Unresolved resource dependencies [Nobody] in the Resources block'],
    [sub('${Nobody}'), 'Unresolved resource dependencies [Nobody] in the Resources block'],
    [sub('${}'), 'variable names in Fn::Sub syntax'],
    [sub(['a', 'b']), "don't specify expected arguments"],
    [sub(['${V}', { V: ['a'] }]), 'does not resolve to a string: ${V}'],
    [{ 'Fn::GetAtt': ['Nobody', 'Arn'] }, 'instance of Fn::GetAtt references undefined resource Nobody'],
    [{ 'Fn::GetAtt': ['Bucket'] }, 'requires two non-empty parameters'],
    [
      { 'Fn::GetAtt': ['Bucket', 'Nothing'] },
      'Requested attribute Nothing does not exist in schema for AWS::S3::Bucket',
    ],
    [{ 'Fn::GetAtt': ['Bucket', 'constructor'] }, 'Requested attribute constructor does not exist'],
    [join('-', ['a', { b: 1 }]), 'every Fn::Join object requires two parameters'],
    [join('-', 'abc'), 'every Fn::Join object requires two parameters'],
    [select(3, ['a']), 'Fn::Select cannot select nonexistent value at index 3'],
    [select(-1, ['a']), 'an integer index and a list'],
    [select(0, [null]), 'an integer index and a list'],
    [{ 'Fn::Split': ['', 'a'] }, 'every Fn::Split object requires two parameters'],
    [{ 'Fn::FindInMap': ['Sizes', 'huge', 'cpu'] }, 'Unable to get mapping for Sizes::huge::cpu'],
    [{ 'Fn::FindInMap': ['toString', 'a', 'b'] }, 'Unable to get mapping for toString::a::b'],
    [{ 'Fn::ImportValue': 'nobody' }, 'No export named nobody found'],
    [when('Nobody', 1, 2), 'Cannot reference undefined conditions'],
    [{ 'Fn::If': ['Yes', 1] }, 'every Fn::If object requires three parameters'],
    [cidr('10.0.0.0/24', 9, 5), 'cannot make 9 blocks of /27 from 10.0.0.0/24'],
    [cidr('10.0.0.0/24', 300, 1), 'count must be between 1 and 256'],
    [cidr('10.0.0.0/24', 1, 16), 'cidrBits 16 does not fit into 10.0.0.0/24'],
    [cidr('ten/24', 1, 4), '"ten/24" is no CIDR block'],
    [{ 'Fn::Length': ['a'] }, 'Fn::Length needs the transform AWS::LanguageExtensions'],
    [{ 'Fn::Transform': { Name: 'AWS::Include' } }, 'The function Fn::Transform is not carried out'],
    [{ 'Fn::Join': ['', []], more: 1 }, 'Fn::Join must be the only key of its object, found also [more]'],
    ['{{resolve:ssm:/unknown}}', 'The dynamic reference {{resolve:ssm:/unknown}} could not be resolved'],
    ['{{resolve:vault:x}}', 'Could not parse the dynamic reference to "vault"'],
  ])('%j', (written, sentence) => {
    expect(() => valueWith(written)).toThrow(sentence);
    expect(() => valueWith(written)).toThrow(/^stack slipway-news, resource Subject: /);
  });
});
