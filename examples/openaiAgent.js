// Shows an agent that was written for an OpenAI client: it talks with the model in training over HTTP, and what it makes of the answers is what is learned.
// About half a minute.
//
//   node examples/openaiAgent.js
import { defineTask, trainLanguageModel } from 'cohort-rl';
import { startChatServer } from 'cohort-rl/lm';

/** What `new OpenAI({ baseURL }).chat.completions.create` of the package `openai` does, as far as it is needed here. */
async function create(baseURL, body) {
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${baseURL}/chat/completions`, options);
  if (!response.ok) throw new Error((await response.json()).error.message);
  return response.json();
}

/** The agent: it knows nothing of training. The model may ask for the larger of two digits (`?`), and is told. */
async function agent(baseURL, question) {
  const messages = [{ role: 'user', content: question }];
  const { choices } = await create(baseURL, { model: 'mine', messages });
  if (choices[0].message.content !== '?') return choices[0].message.content;
  const [a, b] = question;
  messages.push(choices[0].message, { role: 'tool', content: `=${a > b ? a : b}=` });
  const answer = await create(baseURL, { model: 'mine', messages });
  return answer.choices[0].message.content;
}

const server = await startChatServer();

const larger = defineTask({
  id: 'larger-digit',
  description: 'the larger of two digits, which may be asked for: 37= -> ? -> 7',
  alphabet: '0123456789=?',
  promptLength: 3,
  completionLength: 8,
  turnTokens: 2,
  maxTurns: 2,
  prompts(random) {
    const [a, b] = [random.integers(0, 10), random.integers(0, 10)];
    const answer = String(Math.max(a, b));
    const ask = [{ text: '?' }, { append: `=${answer}=`, text: answer }];
    return { prompt: `${a}${b}=`, solutionTurns: random.integers(0, 2) === 0 ? ask : [{ text: String(random.integers(0, 10)) }] };
  },
  rollout: (context) =>
    server.serve(context, async (baseURL) => {
      const answer = await agent(baseURL, context.prompt);
      return { right: answer === String(Math.max(...context.prompt.slice(0, 2))) ? 1 : 0 };
    }),
});

const fields = { numGroups: 8, warmStartAccuracy: 0.2, evaluationPrompts: 50, finalEvaluationPrompts: 100, evaluationSamples: 2 };
const { summary } = await trainLanguageModel({ task: larger, ...fields, iterations: 40, seed: 1 }).finish();
console.log(`right ${summary.startEvaluation.sampled.mean.toFixed(3)} before, ${summary.evaluation.sampled.mean.toFixed(3)} after`);
await server.close();
