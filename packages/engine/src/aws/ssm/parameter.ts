import { arn } from '../../core/arn.ts';
import type { Context } from '../../core/context.ts';
import { AwsError } from '../../core/errors.ts';
import type { Table } from '../../core/store.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface Parameter {
  name: string;
  type: ParameterType;
  value: string;
  version: number;
  /** Epoch milliseconds. */
  modified: number;
  description?: string;
  allowedPattern?: string;
  /** Older values by version, the newest hundred. */
  history: { version: number; value: string; type: ParameterType }[];
  /** The token of the CloudFormation operation that made it. */
  madeBy?: string;
}

export interface PutParameter {
  name: string;
  type?: ParameterType;
  value: string;
  overwrite: boolean;
  description?: string;
  allowedPattern?: string;
  madeBy?: string;
}

/** AWS's limit for parameters of the standard tier. */
const MAX_VALUE_BYTES = 4096;
const MAX_VERSIONS = 100;
const TYPES = ['String', 'StringList', 'SecureString'];

/** The parameters of one account and region. */
export class Parameters {
  readonly #context: Context;
  readonly #table: Table<Parameter>;

  constructor(context: Context) {
    this.#context = context;
    this.#table = context.store.table('ssm_parameters');
  }

  /** The parameter, or an older version of it; undefined when there is none. */
  get(name: string, version?: number): Parameter | undefined {
    const parameter = this.#table.get(name);
    if (!parameter || version === undefined || version === parameter.version) return parameter;
    const older = parameter.history.find(each => each.version === version);
    return older && { ...parameter, ...older };
  }

  /** Those under `path`, in order of their names. */
  under(path: string, recursive: boolean): Parameter[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return this.#table
      .values(prefix)
      .filter(each => recursive || !each.name.slice(prefix.length).includes('/'));
  }

  /** Writes a new parameter or, with `overwrite`, the next version of an existing one. Throws AwsError. */
  put(request: PutParameter): Parameter {
    const { name, value, overwrite } = request;
    checkName(name);
    const existing = this.#table.get(name);
    if (existing && !overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = request.type ?? existing?.type;
    if (!type || !TYPES.includes(type)) {
      throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
    }
    const allowedPattern = request.allowedPattern ?? existing?.allowedPattern;
    checkValue(value, allowedPattern);
    const description = request.description ?? existing?.description;
    const madeBy = request.madeBy ?? existing?.madeBy;
    const parameter: Parameter = {
      name,
      type,
      value,
      version: (existing?.version ?? 0) + 1,
      modified: this.#context.clock.now(),
      history: existing ? [...existing.history, past(existing)].slice(-MAX_VERSIONS) : [],
      ...(description === undefined ? {} : { description }),
      ...(allowedPattern === undefined ? {} : { allowedPattern }),
      ...(madeBy === undefined ? {} : { madeBy }),
    };
    this.#context.store.transaction(() => {
      this.#table.put(name, parameter);
      this.#tell(parameter, existing ? 'Update' : 'Create');
    });
    return parameter;
  }

  /** Whether there was one. */
  delete(name: string): boolean {
    const parameter = this.#table.get(name);
    if (!parameter) return false;
    this.#context.store.transaction(() => {
      this.#table.delete(name);
      this.#tell(parameter, 'Delete');
    });
    return true;
  }

  arn(name: string): string {
    return arn('ssm', this.#context, `parameter${name.startsWith('/') ? '' : '/'}${name}`);
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-eventbridge-events.html */
  #tell({ name, type, description }: Parameter, operation: string): void {
    this.#context.store.events.append({
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      resources: [this.arn(name)],
      detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
    });
  }
}

function past({ version, value, type }: Parameter): Parameter['history'][number] {
  return { version, value, type };
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
function checkName(name: string): void {
  const fits = name.length <= 1011 && /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/.test(name);
  if (!fits || name.split('/').length > 16) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'AccessDeniedException',
      'No access to reserved parameter name: names cannot begin with aws or ssm.',
    );
  }
}

function checkValue(value: string, allowedPattern: string | undefined): void {
  if (value === '') throw new AwsError('ValidationException', 'A parameter value cannot be empty.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
    throw new AwsError(
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters.',
    );
  }
  if (allowedPattern === undefined) return;
  let pattern: RegExp;
  try {
    pattern = new RegExp(allowedPattern);
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The allowed pattern ${allowedPattern} is not valid.`,
    );
  }
  if (!pattern.test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}
