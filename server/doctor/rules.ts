import type { Rule } from "./check.ts";

const cfr = "https://www.ecfr.gov/current/title-45/section-";
const bedrockGuide = "https://docs.aws.amazon.com/bedrock/latest/userguide/";
const pciDocuments = "https://www.pcisecuritystandards.org/document_library/";

/** A paragraph of the HIPAA rules: `hipaa("164.312(b)", "audit controls")`. */
export function hipaa(paragraph: string, name: string): Rule {
  const section = paragraph.replace(/\(.*/, "");
  return { name: `45 CFR ${paragraph}: ${name}`, url: `${cfr}${section}` };
}

/** A requirement of PCI DSS 4.0.1. */
export function pci(requirement: string, name: string): Rule {
  return { name: `PCI DSS 4.0.1, ${requirement}: ${name}`, url: pciDocuments };
}

/** A page of AWS. */
export function aws(name: string, url: string): Rule {
  return { name: `AWS: ${name}`, url };
}

/** A page of the user guide of Amazon Bedrock. */
export function bedrockPage(name: string, page: string): Rule {
  return aws(name, `${bedrockGuide}${page}.html`);
}
