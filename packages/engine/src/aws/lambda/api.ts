import type { RestAnswer, RestApi, RestRequest } from '../../core/api.ts';
import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import { until } from '../../core/until.ts';
import type { LambdaFunction } from './function.ts';
import { createInvocation, isOver } from './invocation.ts';
import { logResult } from './log-tail.ts';
import type { LambdaPorts } from './ports.ts';
import { isThrottled } from './room.ts';
import { functionNamed, type Tables } from './tables.ts';
import { configurationView, functionView } from './views.ts';

const FUNCTIONS = '/2015-03-31/functions';
const PAGE = 50;
const EXECUTED_VERSION = { 'x-amz-executed-version': '$LATEST' };

/** https://docs.aws.amazon.com/lambda/latest/dg/API_Operations.html */
export function lambdaApi(context: Context, tables: Tables, ports: Pick<LambdaPorts, 'logs'>): RestApi {
  const functionOf = ({ path, query }: RestRequest): LambdaFunction => {
    const found = functionNamed(tables, path.FunctionName, place(context));
    const qualifier = query.get('Qualifier') ?? '$LATEST';
    if (qualifier === '$LATEST') return found;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${found.arn}:${qualifier}`, 404);
  };

  /** Runs the function and answers when it has: what it returned, or its error. */
  const invokeAndWait = async (request: RestRequest, called: LambdaFunction): Promise<RestAnswer> => {
    if (isThrottled(tables, called)) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    const type = 'RequestResponse';
    const id = createInvocation(context, tables, { function: called, type, event: eventOf(request) });
    const ended = await until(context.store, () => {
      const invocation = tables.invocations.get(id);
      return invocation && !isOver(invocation) ? undefined : { invocation };
    });
    const answer = tables.answers.get(id) ?? 'null';
    tables.answers.delete(id);
    const { status, log } = ended.invocation ?? {};
    const wantsLog = request.header('x-amz-log-type') === 'Tail' && log !== undefined;
    return {
      headers: {
        ...EXECUTED_VERSION,
        'x-amzn-requestid': id,
        ...(status !== 'Succeeded' && { 'x-amz-function-error': 'Unhandled' }),
        ...(wantsLog && { 'x-amz-log-result': logResult(ports.logs, log) }),
      },
      body: Buffer.from(answer),
    };
  };

  const invoke = async (request: RestRequest): Promise<RestAnswer> => {
    const called = functionOf(request);
    const type = request.header('x-amz-invocation-type') ?? 'RequestResponse';
    if (type === 'DryRun') return { status: 204, headers: EXECUTED_VERSION };
    if (type === 'RequestResponse') return invokeAndWait(request, called);
    if (type !== 'Event')
      throw new AwsError(
        'InvalidParameterValueException',
        `The invocation type ${type} is none of RequestResponse, Event, DryRun`,
      );
    const id = createInvocation(context, tables, { function: called, type, event: eventOf(request) });
    return { status: 202, headers: { 'x-amzn-requestid': id } };
  };

  return {
    service: 'lambda',
    protocol: 'rest-json',
    routes: [
      {
        operation: 'ListFunctions',
        method: 'GET',
        path: FUNCTIONS,
        answer: ({ query }) => ({ body: listFunctions(tables, query) }),
      },
      {
        operation: 'GetFunction',
        method: 'GET',
        path: `${FUNCTIONS}/{FunctionName}`,
        answer: request => ({ body: functionView(functionOf(request)) }),
      },
      {
        operation: 'GetFunctionConfiguration',
        method: 'GET',
        path: `${FUNCTIONS}/{FunctionName}/configuration`,
        answer: request => ({ body: configurationView(functionOf(request)) }),
      },
      {
        operation: 'Invoke',
        method: 'POST',
        path: `${FUNCTIONS}/{FunctionName}/invocations`,
        answer: invoke,
      },
    ],
  };
}

/** How the ARNs of functions are made here. */
export function place(context: Context): { arnOf(name: string): string } {
  return { arnOf: name => arn('lambda', context, `function:${name}`) };
}

/** Without a payload a function gets an empty object. */
function eventOf({ body }: RestRequest): string {
  return body.length === 0 ? '{}' : body.toString('utf8');
}

/** The marker is the name of the last function of the page before. */
function listFunctions(tables: Tables, query: URLSearchParams): object {
  const most = Math.min(PAGE, Number(query.get('MaxItems') ?? PAGE));
  if (!Number.isInteger(most) || most < 1)
    throw new AwsError('InvalidParameterValueException', 'MaxItems must be a whole number of at least 1');
  const after = query.get('Marker') ?? '';
  const left = tables.functions.values().filter(({ name }) => name > after);
  const page = left.slice(0, most);
  return {
    Functions: page.map(configurationView),
    ...(left.length > page.length && { NextMarker: page.at(-1)!.name }),
  };
}
