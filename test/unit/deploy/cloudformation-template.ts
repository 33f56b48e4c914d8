import { type CollectionTag, parse, type ScalarTag, YAMLMap, YAMLSeq } from "yaml";
import { type Manifest, readDeployFile } from "./manifests.ts";

/** CloudFormation's short forms, which YAML knows nothing of: `!Ref x` is read as `{Ref: x}`, `!Sub x` as `{Fn::Sub: x}`. */
const shortForms = [
  "Ref",
  "Condition",
  "GetAtt",
  "Sub",
  "If",
  "Join",
  "Select",
  "Split",
  "Equals",
  "Not",
  "And",
  "Or",
];

const longNameOf = (name: string) =>
  name === "Ref" || name === "Condition" ? name : `Fn::${name}`;

const customTags = shortForms.flatMap((name): (ScalarTag | CollectionTag)[] => {
  const tag = `!${name}`;
  const key = longNameOf(name);
  return [
    { tag, resolve: (text: string) => ({ [key]: name === "GetAtt" ? text.split(".") : text }) },
    {
      tag,
      collection: "seq",
      nodeClass: YAMLSeq,
      resolve: (items) => {
        const map = new YAMLMap();
        map.set(key, items);
        return map;
      },
    },
  ] as (ScalarTag | CollectionTag)[];
});

/** The template, in CloudFormation's long forms. */
export function readTemplate(): Manifest {
  return parse(readDeployFile("cloudformation/axonflow.yaml"), { customTags });
}

/** What stands for parameters, pseudo parameters, and attributes of resources: `DataKey.Arn`. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

const nothing = Symbol("AWS::NoValue");

/** A part of a template as CloudFormation would make it with these values; parameters that are not given have their defaults. */
export function resolveTemplate(template: Manifest, values: Values, part: Manifest): Manifest {
  const namedValue = (name: string): Manifest => {
    if (name === "AWS::NoValue") return nothing;
    const parameter = template.Parameters[name];
    const value = values[name] ?? parameter?.Default;
    if (value === undefined) throw new Error(`the test gives no value for ${name}`);
    return parameter?.Type === "CommaDelimitedList" && !Array.isArray(value)
      ? String(value).split(",")
      : value;
  };
  const isTrue = (name: string): boolean => resolve(template.Conditions[name]);
  const functions: Readonly<Record<string, (argument: Manifest) => Manifest>> = {
    Ref: namedValue,
    Condition: isTrue,
    "Fn::GetAtt": (path: string[]) => namedValue(path.join(".")),
    "Fn::Sub": (text: string) => text.replace(/\$\{([\w:.]+)\}/g, (_, name) => namedValue(name)),
    "Fn::If": ([name, yes, no]) => resolve(isTrue(name) ? yes : no),
    "Fn::Join": ([separator, parts]) => resolve(parts).join(separator),
    "Fn::Select": ([index, parts]) => resolve(parts)[index],
    "Fn::Split": ([separator, text]) => resolve(text).split(separator),
    "Fn::Equals": ([one, other]) => String(resolve(one)) === String(resolve(other)),
    "Fn::Not": ([one]) => !resolve(one),
    "Fn::And": (all: Manifest[]) => all.every(resolve),
    "Fn::Or": (all: Manifest[]) => all.some(resolve),
  };
  const resolve = (node: Manifest): Manifest => {
    if (Array.isArray(node)) return node.map(resolve).filter((item) => item !== nothing);
    if (typeof node !== "object" || node === null) return node;
    const [name = "", ...more] = Object.keys(node);
    const call = functions[name];
    // A policy statement's `Condition` is a member like others; that of a template names a condition and nothing else.
    if (call && more.length === 0 && (name !== "Condition" || typeof node.Condition === "string")) {
      return call(node[name]);
    }
    const members = Object.entries(node).map(([key, value]) => [key, resolve(value)] as const);
    return Object.fromEntries(members.filter(([, value]) => value !== nothing));
  };
  return resolve(part);
}
