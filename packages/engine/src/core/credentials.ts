/**
 * Makes and knows credentials: a task or a build gets those of its own role. `environment` is what the AWS SDKs read
 * (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_DEFAULT_REGION`,
 * `AWS_ENDPOINT_URL`).
 */
export interface Credentials {
  environment(roleArn: string | undefined, session: string): Record<string, string>;
}
