/** What STS needs of others. */
export interface StsPorts {
  /** Credentials for a session of a role, as the environment variables that AWS SDKs read; the same session again gets the same. */
  credentials(roleArn: string, session: string): Record<string, string>;
  /** Whose credentials an access key is of; undefined for a key that was not given out here. */
  session(accessKeyId: string): { roleArn?: string; name: string } | undefined;
  /** The role of that ARN; undefined when there is none. */
  role(arn: string): { name: string; id: string } | undefined;
}
