/** The setup guide's model; past its end of life on AWS, but the guide is the specification. */
export const guideModel = "anthropic.claude-3-5-sonnet-20240620-v1:0";
