/** An error of an AWS service: its code, its words and its status; each protocol writes it its way. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    status = 400,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** The error of a request that the operation cannot take. */
export function invalidRequest(message: string, code = "ValidationException"): AwsError {
  return new AwsError(code, message);
}
