import type { Api } from '../../core/api.ts';
import type { Context } from '../../core/context.ts';
import type { Controller } from '../../core/controllers.ts';
import { AwsError } from '../../core/errors.ts';
import type { ResourceHandlers } from '../../core/resource.ts';
import { aliasOf } from './aliases.ts';
import { createApi } from './api.ts';
import { StackController } from './controller.ts';
import { Evaluations } from './evaluations.ts';
import { type NotCarriedOut, notCarriedOut } from './not-carried-out.ts';
import type { CloudFormationPorts } from './ports.ts';
import { recordedResources } from './recorded/index.ts';
import { Requests } from './requests.ts';
import { findStack, openTables } from './tables.ts';

export type { CloudFormationPorts, SecretName } from './ports.ts';

/** A stack as a caller in this process wants it. */
export interface DeployStack {
  /** The same token is the same operation. */
  token: string;
  stackName: string;
  template: object;
  mode: 'CREATE_UPDATE';
  capabilities: string[];
  parameters?: Record<string, string>;
  roleArn?: string;
  /** Missing: an existing stack keeps its tags. */
  tags?: Record<string, string>;
  region?: string;
}

/** How an operation stands. `changed` is false when there was nothing to update. */
export interface StackOperation {
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  stackId: string;
  message?: string;
  changed: boolean;
  outputs: Record<string, string>;
}

export interface CloudFormation {
  api: Api;
  controllers: Controller[];
  /** Creates or updates a stack. Never throws: a refusal is the operation's failure. */
  deployStack(request: DeployStack): void;
  /** Deletes a stack; one that is not there is deleted. Never throws. */
  deleteStack(request: { token: string; stackName: string; region?: string }): void;
  stackOperation(token: string): StackOperation | undefined;
  /** The DNS name that a recorded name leads to. */
  aliasOf(name: string): string | undefined;
  /** What the stacks ask for and is only recorded here. */
  notCarriedOut(): NotCarriedOut[];
}

/** Stacks: templates carried out through the handlers of all services. */
export function createCloudFormation(context: Context, ports: CloudFormationPorts): CloudFormation {
  const tables = openTables(context.store);
  const evaluations = new Evaluations(tables, ports);
  const handlers = (): ResourceHandlers => ({ ...recordedResources, ...ports.handlers() });
  const controller = new StackController({ context, tables, evaluations, handlers });
  const requests = new Requests({
    context,
    tables,
    evaluations,
    handlers,
    hasRole: ports.hasRole,
    watch: key => controller.watch(key),
  });

  /** Runs a request; what it refuses becomes the outcome of its operation. */
  const attempt = (token: string, stackName: string, region: string, start: () => void): void => {
    if (tables.operations.get(token)) return;
    try {
      start();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const stack = findStack(tables, region, stackName);
      const unchanged = error.message === 'No updates are to be performed.';
      const outputs = unchanged ? (stack?.outputs ?? []) : [];
      tables.operations.put(token, {
        token,
        stackId: stack?.id ?? '',
        status: unchanged ? 'SUCCEEDED' : 'FAILED',
        message: error.message,
        changed: false,
        outputs: Object.fromEntries(outputs.map(output => [output.key, output.value])),
      });
    }
  };

  return {
    api: createApi({ context, tables, requests, evaluations, ports }),
    controllers: [controller],
    deployStack: ({ template, mode: _mode, region = context.region, ...request }) =>
      attempt(request.token, request.stackName, region, () => {
        const exists = findStack(tables, region, request.stackName) !== undefined;
        const wanted = { ...request, region, body: JSON.stringify(template) };
        if (exists) requests.update(wanted);
        else requests.create(wanted);
      }),
    deleteStack: ({ token, stackName, region = context.region }) =>
      attempt(token, stackName, region, () => {
        if (requests.delete({ token, stack: stackName, region })) return;
        tables.operations.put(token, {
          token,
          stackId: '',
          status: 'SUCCEEDED',
          changed: false,
          outputs: {},
        });
      }),
    stackOperation: token => {
      const record = tables.operations.get(token);
      if (!record) return undefined;
      const { token: _token, stackKey: _key, ...operation } = record;
      return operation;
    },
    aliasOf: name => aliasOf(tables, name),
    notCarriedOut: () => notCarriedOut(tables, handlers()),
  };
}
