/** What OpenAI's messages call their own parameters; everything else in quotes may be the caller's. */
const ownNames = new Set(
  `model messages role content name tools tool_choice tool_calls function parameters response_format json_schema schema
  strict max_tokens max_completion_tokens temperature top_p seed stop stream stream_options reasoning_effort
  service_tier user safety_identifier parallel_tool_calls image_url file file_data filename text none low medium high
  minimal auto required default flex priority system developer assistant user tool additionalProperties type`.split(
    /\s+/,
  ),
);

/** No message says anything useful beyond this. */
const mostCharacters = 500;

/** Keys, also those that OpenAI masks, and ids of organizations, projects and users. */
const identifiers = /\b(?:sk|sess|org|proj|user|ft|req|asst|file)[-_:][\w*.:-]{2,}[\w*]/g;

/**
 * A message of OpenAI's without what it may quote: the caller's words, the tail of the key, ids of the organization.
 * What stands in quotes stays only where it is one of OpenAI's own names.
 */
export function safeWords(message: string): string {
  // The end of the text closes a quotation too: the message may have been cut.
  const words = message
    .slice(0, 4 * mostCharacters)
    .replace(/(?<!\w)(['"`])(.*?)(?:\1(?!\w)|$)/gs, (quoted, mark: string, inner: string) =>
      ownNames.has(inner) && quoted.endsWith(mark) ? quoted : `${mark}…${mark}`,
    );
  return words.replace(identifiers, "…").slice(0, mostCharacters).trim();
}

/** The path of a parameter, such as `messages[2].content`; undefined where it could be anything else. */
export function safeParameter(param: string | undefined): string | undefined {
  return param !== undefined && /^[a-z_]+(?:\.[a-z_]+|\[\d{1,5}\]){0,8}$/.test(param)
    ? param.slice(0, 128)
    : undefined;
}
