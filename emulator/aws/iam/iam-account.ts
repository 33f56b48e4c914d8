/** One statement of a policy; conditions are kept and taken as met. */
export interface IamStatement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, unknown>;
}

/** A policy document of IAM. */
export interface IamDocument {
  Version: string;
  Statement: IamStatement | IamStatement[];
}

/** A role with its policies. */
export interface IamRole {
  name: string;
  /** Begins and ends with a slash. */
  path: string;
  inline: { name: string; document: IamDocument }[];
  attached: { arn: string; document: IamDocument }[];
}

/** A policy that allows calls of one model, and nothing else. */
export function modelPolicy(...resources: string[]): IamDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "InvokeModels",
        Effect: "Allow",
        Action: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        Resource: resources,
      },
    ],
  };
}
