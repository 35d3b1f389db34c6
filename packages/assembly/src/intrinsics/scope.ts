/** What a resource gives to references once it is there. */
export interface ResourceValues {
  /** What `Ref` gives. */
  physicalId: string;
  /** What `Fn::GetAtt` gives; dots in names are kept flat (`"Endpoint.Address"`). */
  attributes: Readonly<Record<string, unknown>>;
}

/** What intrinsic functions ask of the template and of the world around it. */
export interface Scope {
  /** `Ref`: a parameter, a pseudo parameter or a resource. Throws a TemplateError for a name that is none. */
  ref(name: string): unknown;
  /** `Fn::GetAtt`. */
  attribute(logicalId: string, name: string): unknown;
  /** The value of a condition by name. */
  condition(name: string): boolean;
  /** The value at two keys of a mapping, undefined when there is none. */
  mapping(name: string, first: string, second: string): unknown;
  /** `Fn::ImportValue`. Throws a TemplateError when nothing exports the name. */
  importValue(name: string): string;
  /** `Fn::GetAZs`. */
  zones(region: string): string[];
  region: string;
  languageExtensions: boolean;
}

/** What `Ref: AWS::NoValue` gives: the property or list item that holds it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** One intrinsic function: the argument as written, not yet resolved. */
export type Intrinsic = (argument: unknown, scope: Scope, resolve: Resolve) => unknown;

/** Resolves a value in the same scope. */
export type Resolve = (value: unknown) => unknown;
