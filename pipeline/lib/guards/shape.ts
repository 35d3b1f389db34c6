import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Finding, fileOf } from './finding.ts';
import { type Shape, valueIn } from './frozen.ts';
import { find, ownerOf, readSynthesized, type SynthesizedStack } from './synthesized.ts';

/** The shapes that live stacks recorded of themselves, by the names of their parameters. */
export type RecordedShapes = Readonly<Record<string, Shape>>;

/** Where a key of a service's contract stands, as in `packages/news/service.yaml:4:7`. */
export type Position = (service: string, key: string) => string;

/**
 * Reads a file as `slipway shape` writes it.
 * @throws {ShapeFileError} when it is not one
 */
export function readShapes(path: string): RecordedShapes {
  try {
    const shapes: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const good = isRecord(shapes) && Object.values(shapes).every(isRecord);
    if (good) return shapes as RecordedShapes;
  } catch {
    // told below
  }
  throw new ShapeFileError(path);
}

/** The file that --shape names is not one. */
export class ShapeFileError extends Error {
  readonly code = 'ShapeFile';

  constructor(path: string) {
    super(`${path} holds no recorded shapes: write it with "slipway shape --out ${path}"`);
    this.name = 'ShapeFileError';
  }
}

/** What a template would change of a live service though no deployment can. */
export function guardShapes(out: string, recorded: RecordedShapes, position: Position): Finding[] {
  const { stacks } = readSynthesized(out);
  return find({ stacks }, 'AWS::SSM::Parameter').flatMap(({ stack, properties }) => {
    const shape = recorded[String(properties.Name)];
    return shape === undefined ? [] : changes(stack, shape, position);
  });
}

/** One sentence per cause: a changed port is a changed port, in however many resources it stands. */
function changes(stack: SynthesizedStack, shape: Shape, position: Position): Finding[] {
  const service = ownerOf(stack);
  const changed = Object.entries(shape)
    .map(([key, was]) => ({ key, was, is: valueIn(stack.template, key), cause: causeOf(key) }))
    .filter(({ was, is }) => !isDeepStrictEqual(was, is))
    .filter(change => !isMove(stack, shape, change));
  return [...Map.groupBy(changed, ({ cause }) => cause)].map(([cause, all]) => {
    const { key, was, is } = all.find(each => typeof each.was !== 'object') ?? all[0]!;
    const { contractKey, subject, advice } = CAUSES[cause];
    return {
      ...{ guard: 'frozen-shape', service, where: `${stack.name}/${key}` },
      file: service && contractKey ? position(service, contractKey) : fileOf(service),
      message: `changes ${subject} from ${shown(was)} to ${shown(is)}, ${advice(shown(was))}`,
    };
  });
}

/**
 * ECS takes a service over from CodeDeploy in place, with the same groups and rules; its pipeline looks whether it may
 * (decision 0019). The test rule, which no user meets, gets the second group or gives it back.
 */
function isMove(
  { template }: SynthesizedStack,
  shape: Shape,
  { key, was, is }: { key: string; was: unknown; is: unknown },
): boolean {
  const controller = 'Service.DeploymentController';
  if (typeOf(valueIn(template, controller)) !== 'ECS') return false;
  if (key === 'TestRule.Actions') return true;
  if (typeOf(shape[controller]) !== 'CODE_DEPLOY') return false;
  if (key === 'Service.LoadBalancers') return isDeepStrictEqual(was, withoutColours(is));
  if (key === 'Service.NetworkConfiguration') return isDeepStrictEqual(was, withoutCallers(is));
  return key === controller;
}

function typeOf(controller: unknown): unknown {
  return isRecord(controller) ? controller.Type : undefined;
}

function withoutColours(balancers: unknown): unknown {
  if (!Array.isArray(balancers)) return balancers;
  return balancers.map(({ AdvancedConfiguration: _, ...balancer }) => balancer);
}

/** The first group is the service's own; the second lets it call others by name. */
function withoutCallers(network: unknown): unknown {
  if (!isRecord(network) || !isRecord(network.AwsvpcConfiguration)) return network;
  const { SecurityGroups, ...rest } = network.AwsvpcConfiguration;
  const own = Array.isArray(SecurityGroups) ? SecurityGroups.slice(0, 1) : SecurityGroups;
  return { ...network, AwsvpcConfiguration: { ...rest, SecurityGroups: own } };
}

type Cause = keyof typeof CAUSES;

const DOWN = 'take the service down with "slipway remove" and release it again';

/** Why not, and what to do instead. */
const CAUSES = {
  port: {
    contractKey: 'port',
    subject: 'the port',
    advice: (was: string) =>
      `which is part of the target groups that live traffic goes to: leave it at ${was}, since the process finds it in PORT and nobody outside meets it, or ${DOWN}`,
  },
  path: {
    contractKey: 'path',
    subject: 'the path',
    advice: () =>
      `and CloudFormation would send live traffic back to the colour that the service was made with: leave it, and add a service with the new path beside this one until nobody asks for the old one, or ${DOWN}`,
  },
  controller: {
    contractKey: 'deployment.controller',
    subject: 'the deployment controller',
    advice: () => 'and no update of a live service does that: follow docs/recipes/move-to-ecs-deployments.md',
  },
  rule: {
    contractKey: undefined,
    subject: 'a listener rule',
    advice: () =>
      `and CloudFormation would send live traffic back to the colour that the service was made with: leave the definition of rules as it is, or ${DOWN}`,
  },
  capacity: {
    contractKey: undefined,
    subject: 'what the tasks run on',
    advice: () =>
      `which ECS refuses for a service that CodeDeploy deploys: leave it, or ${DOWN}, one environment after the other`,
  },
  network: {
    contractKey: undefined,
    subject: 'the network of the tasks',
    advice: () => `which ECS refuses for a service that CodeDeploy deploys: leave it, or ${DOWN}`,
  },
  name: {
    contractKey: undefined,
    subject: 'what the service is made of',
    advice: () => `which would make it anew beside the live one: leave it, or ${DOWN}`,
  },
} satisfies Record<
  string,
  { contractKey: string | undefined; subject: string; advice: (was: string) => string }
>;

const BY_PROPERTY: Readonly<Record<string, Cause>> = {
  ...{ Port: 'port', LoadBalancers: 'port', Conditions: 'path', DeploymentController: 'controller' },
  ...{ ListenerArn: 'rule', Priority: 'rule', Actions: 'rule', Transforms: 'rule', Tags: 'rule' },
  ...{ CapacityProviderStrategy: 'capacity', LaunchType: 'capacity', PlatformVersion: 'capacity' },
  ...{ NetworkConfiguration: 'network', GroupName: 'network', GroupDescription: 'network' },
  ...{ VpcId: 'network', ServiceRegistries: 'network' },
};

function causeOf(key: string): Cause {
  return BY_PROPERTY[key.slice(key.lastIndexOf('.') + 1)] ?? 'name';
}

/** The values themselves, without the names of what holds them. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const leaves = (each: unknown): unknown[] =>
    Array.isArray(each)
      ? each.flatMap(leaves)
      : isRecord(each)
        ? Object.entries(each).flatMap(([key, inner]) => (key === 'Field' ? [] : leaves(inner)))
        : [each];
  const text = leaves(value).join(', ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
