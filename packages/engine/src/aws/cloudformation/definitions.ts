import type { Evaluation } from '@slipway/assembly';
import type { ResourceHandlers } from '../../core/resource.ts';
import type { Evaluations } from './evaluations.ts';
import type { Definition, Stack } from './stack.ts';
import { keepTemplate, type Tables } from './tables.ts';
import { asValidationError, checkCapabilities, checkCarriedOut, checkTags } from './validation.ts';

/** What a stack is asked to become. */
export interface StackRequest {
  token: string;
  stackName: string;
  region: string;
  /** The template's text. */
  body: string;
  parameters?: Record<string, string>;
  /** Missing: an existing stack keeps its tags, as in AWS. */
  tags?: Record<string, string>;
  capabilities: string[];
  roleArn?: string;
  onFailure?: Stack['onFailure'];
  terminationProtection?: boolean;
}

export interface DefinitionsOptions {
  tables: Tables;
  evaluations: Evaluations;
  handlers(): ResourceHandlers;
}

/** Makes the definitions that requests ask for, and refuses those that cannot be carried out. */
export class Definitions {
  readonly #options: DefinitionsOptions;

  constructor(options: DefinitionsOptions) {
    this.#options = options;
  }

  /** What a request brings a stack to; what it leaves out stays as it was. */
  make(request: StackRequest, previous: Definition | undefined): Definition {
    const tags = request.tags ?? previous?.tags ?? {};
    const roleArn = request.roleArn ?? previous?.roleArn;
    checkTags(tags);
    return {
      template: keepTemplate(this.#options.tables, request.body),
      parameters: request.parameters ?? {},
      shown: [],
      tags,
      capabilities: request.capabilities,
      ...(roleArn ? { roleArn } : {}),
      imports: [],
    };
  }

  /** Checks a definition and fills in what its template says. `missing`: the stack's sentence for an import. */
  check(
    stack: Stack,
    definition: Definition,
  ): { evaluation: Evaluation; description: object; missing?: string } {
    return asValidationError(() => {
      const evaluation = this.#options.evaluations.evaluate(stack, definition);
      checkCarriedOut(evaluation, this.#options.handlers());
      checkCapabilities(evaluation, definition.capabilities);
      const given = [...evaluation.parameters];
      definition.parameters = Object.fromEntries(given.map(([key, each]) => [key, each.given]));
      definition.shown = given.map(([key, { given: value, resolved, noEcho }]) => ({
        key,
        value: noEcho ? '****' : value,
        ...(resolved === undefined || noEcho ? {} : { resolved }),
      }));
      definition.imports = evaluation.imports();
      const { exported } = this.#options.evaluations.lookups(stack.region);
      const unknown = definition.imports.find(name => exported(name) === undefined);
      const { description } = evaluation.template;
      return {
        evaluation,
        description: description === undefined ? {} : { description },
        ...(unknown === undefined ? {} : { missing: `No export named ${unknown} found. ` }),
      };
    });
  }
}
