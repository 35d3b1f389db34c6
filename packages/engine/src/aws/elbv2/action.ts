import { invalid, readInteger, readList, readObject, readOneOf, readString } from './input.ts';
import type { ActionEntry } from './ports.ts';

/** An action in AWS's own shape. */
export type RuleAction = ForwardAction | FixedResponseAction | RedirectAction;

export interface ForwardAction {
  Type: 'forward';
  ForwardConfig: { TargetGroups: WeightedGroup[]; TargetGroupStickinessConfig?: Record<string, unknown> };
}

export interface WeightedGroup {
  TargetGroupArn: string;
  Weight: number;
}

interface FixedResponseAction {
  Type: 'fixed-response';
  FixedResponseConfig: { StatusCode: string; ContentType?: string; MessageBody?: string };
}

interface RedirectAction {
  Type: 'redirect';
  RedirectConfig: {
    StatusCode: 'HTTP_301' | 'HTTP_302';
    Protocol: string;
    Host: string;
    Port: string;
    Path: string;
    Query: string;
  };
}

const TYPES = ['forward', 'fixed-response', 'redirect'] as const;
const MOST_GROUPS = 5;

/**
 * Reads the actions of a rule or a listener: exactly one, which forwards, answers or redirects.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 * @throws {AwsError} ValidationError
 */
export function readActions(value: unknown, name: string): RuleAction[] {
  const actions = readList(value, name);
  if (actions.length !== 1)
    throw invalid(`${name} must hold one action; authentication actions are not carried out locally`);
  return [readAction(readObject(actions[0], name), name)];
}

function readAction(action: Record<string, unknown>, name: string): RuleAction {
  switch (readOneOf(action.Type, `${name} Type`, TYPES)) {
    case 'forward':
      return { Type: 'forward', ForwardConfig: readForward(action, name) };
    case 'fixed-response':
      return { Type: 'fixed-response', FixedResponseConfig: readFixedResponse(action) };
    case 'redirect':
      return { Type: 'redirect', RedirectConfig: readRedirect(action) };
  }
}

function readForward(action: Record<string, unknown>, name: string): ForwardAction['ForwardConfig'] {
  const config = action.ForwardConfig === undefined ? {} : readObject(action.ForwardConfig, name);
  const listed = readList(config.TargetGroups, `${name} TargetGroups`).map(each => readWeighted(each, name));
  const groups =
    listed.length > 0
      ? listed
      : [{ TargetGroupArn: readString(action.TargetGroupArn, `${name} TargetGroupArn`), Weight: 1 }];
  if (groups.length > MOST_GROUPS)
    throw invalid(`${name} forwards to more than ${MOST_GROUPS} target groups`);
  const stickiness = config.TargetGroupStickinessConfig;
  return {
    TargetGroups: groups,
    ...(stickiness ? { TargetGroupStickinessConfig: readObject(stickiness, name) } : {}),
  };
}

function readWeighted(value: unknown, name: string): WeightedGroup {
  const group = readObject(value, name);
  return {
    TargetGroupArn: readString(group.TargetGroupArn, `${name} TargetGroupArn`),
    Weight: readWeight(group.Weight),
  };
}

/** 0 to 999, 1 when not given. */
export function readWeight(value: unknown): number {
  return readInteger(value, 'Weight', [0, 999], 1);
}

function readFixedResponse(action: Record<string, unknown>): FixedResponseAction['FixedResponseConfig'] {
  const config = readObject(action.FixedResponseConfig, 'FixedResponseConfig');
  const status = readString(config.StatusCode, 'StatusCode');
  if (!/^[245]\d\d$/.test(status)) throw invalid(`StatusCode '${status}' must be 2xx, 4xx or 5xx`);
  const type = config.ContentType;
  const body = config.MessageBody;
  return {
    StatusCode: status,
    ...(type === undefined ? {} : { ContentType: readString(type, 'ContentType') }),
    ...(body === undefined ? {} : { MessageBody: readString(body, 'MessageBody', '') }),
  };
}

function readRedirect(action: Record<string, unknown>): RedirectAction['RedirectConfig'] {
  const config = readObject(action.RedirectConfig, 'RedirectConfig');
  return {
    StatusCode: readOneOf(config.StatusCode, 'StatusCode', ['HTTP_301', 'HTTP_302'] as const),
    Protocol: readString(config.Protocol, 'Protocol', '#{protocol}'),
    Host: readString(config.Host, 'Host', '#{host}'),
    Port: readString(config.Port, 'Port', '#{port}'),
    Path: readString(config.Path, 'Path', '/#{path}'),
    Query: config.Query === '' ? '' : readString(config.Query, 'Query', '#{query}'),
  };
}

/** The target groups that actions forward to. */
export function forwardedGroups(actions: RuleAction[]): WeightedGroup[] {
  return actions.flatMap(action => (action.Type === 'forward' ? action.ForwardConfig.TargetGroups : []));
}

/** How the API shows actions: a single target group also by the short member. */
export function showActions(actions: RuleAction[]): object[] {
  return actions.map((action, n) => {
    const [only, ...others] = forwardedGroups([action]);
    const short = only && others.length === 0 ? { TargetGroupArn: only.TargetGroupArn } : {};
    return { ...action, ...short, Order: n + 1 };
  });
}

/** The action as the balancer carries it out. */
export function compileAction([action]: RuleAction[]): ActionEntry {
  switch (action?.Type) {
    case 'forward': {
      const groups = action.ForwardConfig.TargetGroups;
      return {
        type: 'forward',
        groups: groups.map(({ TargetGroupArn, Weight }) => ({ key: TargetGroupArn, weight: Weight })),
      };
    }
    case 'redirect': {
      const { StatusCode, Protocol, Host, Port, Path, Query } = action.RedirectConfig;
      const status = StatusCode === 'HTTP_301' ? 301 : 302;
      return {
        type: 'redirect',
        status,
        protocol: Protocol,
        host: Host,
        port: Port,
        path: Path,
        query: Query,
      };
    }
    case 'fixed-response': {
      const { StatusCode, ContentType, MessageBody } = action.FixedResponseConfig;
      return {
        type: 'fixed-response',
        status: Number(StatusCode),
        ...(ContentType ? { contentType: ContentType } : {}),
        ...(MessageBody ? { body: MessageBody } : {}),
      };
    }
    default:
      return { type: 'fixed-response', status: 503 };
  }
}
