import { Document, isScalar, isSeq, visit, type YAMLSeq } from 'yaml';
import type { ScenarioSource } from '../format/scenario.ts';

/** Longer texts have lines of their own. */
const shortText = 80;

/** The scenario as the text of a file: whoever loads it gets the same scenario. */
export const writeScenario = (scenario: ScenarioSource): string => {
  const document = new Document(scenario, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      if (isPair(list)) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
};

/** A time and what is said at it, in its short form. */
const isPair = ({ items }: YAMLSeq): boolean => {
  const [time, text, ...others] = items;
  if (others.length > 0 || !isScalar(time) || typeof time.value !== 'number' || isSeq(text)) return false;
  return (
    isScalar(text) &&
    typeof text.value === 'string' &&
    text.value.length <= shortText &&
    !text.value.includes('\n')
  );
};
