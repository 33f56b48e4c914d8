import type { ListedPattern } from "./listed-pattern.ts";

const ignore = "(ignore|disregard|forget|override|bypass|dismiss)";
const earlier = "(previous|prior|above|earlier|preceding|foregoing|original|initial)";
const rules = "(instructions?|prompts?|directions|directives|commands|rules|guidelines)";
const say =
  "(say|print|output|write|respond|reply|answer|reveal|tell|show|act|repeat|execute|run|send|give)";
const secretPrompt = `((full |exact |complete |entire |whole |own )*((system|hidden|initial|original|secret|developer) )+(prompt|instructions|message)|(system|hidden|secret) (rules|guidelines|directives))`;
const limits =
  "(restrictions|rules|guidelines|limitations|limits|filters|constraints|content polic(y|ies))";

/**
 * What talks a model out of its instructions, in the words that attackers really use, and nothing that people say for other
 * reasons: "ignore my last message" and "enable developer mode on my phone" pass. A text that quotes an attack is one to a
 * pattern. The corpus in `test/unit/policies/content-filter` holds what must and what must not be found.
 */
export const promptInjection: readonly ListedPattern[] = [
  {
    name: "ignore-instructions",
    source: [
      `\\b${ignore} (all |any |every )(of )?(the |your |these |those |my )?(${earlier},? )(and |or |${earlier} )*(system |safety )?${rules}\\b`,
      `\\b${ignore} (all |any )?(of )?your (${earlier} |current |system |safety |programmed )+${rules}\\b`,
      `\\b${ignore} (previous|prior|preceding) (system )?(instructions|directions|directives)\\b`,
      `\\b${ignore} (the|these|those|all the) (${earlier} )${rules}( above| before)?,? (and|then|but) (just |only |instead |now |simply )*${say}\\b`,
      `\\b${ignore} (all )?(the )?instructions (above|before this|you (were|have been) given)\\b`,
    ].join("|"),
  },
  {
    name: "ignore-safety",
    source: [
      `\\b${ignore} (all |any )?(of )?your ((safety|ethical|moral|content|moderation|programming|system|openai|anthropic)( and |, | or | ))+(guidelines|rules|instructions|polic(y|ies)|filters?|protocols|restrictions|training|prompt|constraints)\\b`,
      `\\b(respond|answer|reply|write) without (any |your |the )*(ethical|moral|safety|content) (or [a-z]+ )?(restrictions|constraints|guidelines|filters|limits|limitations|considerations|safeguards)\\b`,
    ].join("|"),
  },
  {
    name: "reveal-prompt",
    source: [
      `\\b(reveal|show|print|output|repeat|recite|leak|disclose|display|dump|expose|share|tell|give|write out|spell out)( to)?( me| us)? (all of |exactly )?your ${secretPrompt}\\b`,
      "\\bwhat (is|are|was|were) your (full |exact |complete |entire )*(system (prompt|instructions|message)|(initial|hidden) (prompt|instructions))\\b",
      `\\b(repeat|print|output|copy|recite) (everything|all of the text|all the text|all text|the (words|text|content|instructions|prompt)) (written |given )?above (verbatim|word for word|exactly|literally|starting (with|from))\\b`,
    ].join("|"),
  },
  {
    name: "no-restrictions",
    source: [
      `\\b(pretend|imagine|act as if|act as though|behave as if|assume)( that)? you (have|had|are under|were under|are bound by|follow) no (ethical |moral |safety |content )*${limits}\\b`,
      `\\byou (are now|have been) (freed|liberated|released|unbound|free) from (all |any |your |the |these |of )*(openai |anthropic |amazon |ethical |safety |content |typical |usual )*${limits}\\b`,
      `\\byou (are|will be) (now )?in (god|jailbreak|jailbroken|unrestricted|unfiltered|uncensored|dan|developer) mode\\b`,
      `\\b(enter|activate|switch to|enable) (your )?(jailbreak|jailbroken|unrestricted ai|dan) mode\\b`,
      `\\bdan\\b.{0,60}\\bdo anything now( ?[^a-z0-9 ]|$)`,
      `\\bdo anything now\\b.{0,60}\\bdan\\b`,
    ].join("|"),
  },
  {
    name: "forged-turn",
    source: [
      `<\\|im_end\\|>.{0,20}<\\|im_start\\|> ?(system|developer)\\b`,
      `<\\|eot_id\\|>.{0,20}<\\|start_header_id\\|> ?system\\b`,
      `\\[/inst\\].{0,40}<<sys>>`,
      `</(user|user_input|user_query|user_message|untrusted|document|context)>.{0,20}<(system|system_prompt|instructions)>`,
    ].join("|"),
  },
  {
    name: "hidden-reader",
    source: [
      `\\bif you are an? (ai|llm|language model|large language model|chatbot|ai assistant|ai model|ai agent),? ?(that is |who is |which is )?(reading|processing|reviewing|evaluating|screening|ranking|summari[sz]ing) this\\b`,
      `\\b(note|message|instructions?) (to|for) (the |any |all )?(ais?|llms?|language models?|ai assistants?|ai models?|ai agents?|ai reviewers?) (reading|processing|reviewing|evaluating|screening|summari[sz]ing) this\\b`,
    ].join("|"),
  },
  {
    name: "ignore-instructions-translated",
    source: [
      "\\b(ignoriere?n?|vergiss|missachte) (sie )?(bitte )?alle (deine |ihre |die )?(vorherigen|bisherigen|obigen|vorangegangenen|fru\\x{308}heren) (anweisungen|instruktionen|befehle|regeln|vorgaben)\\b",
      "\\b(ignora|olvida|descarta) (todas )?(las |tus )(instrucciones|reglas|indicaciones) (anteriores|previas)\\b",
      "\\b(ignore|ignorez|oublie|oubliez) (toutes )?(les |tes |vos )(instructions|consignes|re\\x{300}gles) (pre\\x{301}ce\\x{301}dentes|ante\\x{301}rieures|ci-dessus)",
      "\\b(ignore|esquec\\x{327}a|desconsidere) (todas )?(as )?(suas )?(instruc\\x{327}o\\x{303}es|regras) (anteriores|acima)\\b",
      "\\b(ignora|dimentica) (tutte )?(le )?(tue )?(istruzioni|regole) (precedenti|sopra)\\b",
    ].join("|"),
  },
];
