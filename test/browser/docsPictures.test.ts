/** The program of docs/browser.md that shows pictures beside completions, run as it stands in a page. */
import { describe, expect, it } from 'vitest';
import * as library from '../../src/browser/index.ts';
import * as lm from '../../src/browser/lm.ts';
import { shadePictures, shadeRows, shadesRun } from '../lm/pictureRun.ts';

/** The program under the heading of language models, a function of what it imports. */
async function program(): Promise<(imported: Record<string, unknown>) => Promise<void>> {
  const page = await (await fetch(new URL('../../docs/browser.md', import.meta.url))).text();
  const [, code] = page.slice(page.indexOf('## Language models')).match(/```js\n([\s\S]*?)```/)!;
  const body = code!.replace(/^import (\{.*\}) from '.*';$/gm, 'const $1 = imported;');
  expect(body).not.toContain('import ');
  return new Function('imported', `return (async () => { ${body} })()`) as Awaited<ReturnType<typeof program>>;
}

describe.runIf('document' in globalThis)('docs/browser.md', () => {
  it('draws the pictures of prompts, with completion and reward in words', async () => {
    const chosen = [...shadePictures].map(([name, bytes]) =>
      Object.defineProperty(new File([bytes], name.replace(/^.*\//, '')), 'webkitRelativePath', { value: `folder/${name}` }),
    );
    document.body.innerHTML = '<input type="file" webkitdirectory>';
    Object.defineProperty(document.querySelector('input'), 'files', { value: [new File([shadeRows], 'shapes.jsonl'), ...chosen] });
    const asked: Record<string, unknown>[] = [];
    const trainLanguageModel = (input: Record<string, unknown>) => {
      asked.push(input);
      return library.trainLanguageModel({ ...shadesRun, ...input, iterations: 2 } as never);
    };
    await (await program())({ ...library, ...lm, trainLanguageModel });
    expect(asked).toMatchObject([{ task: { id: 'shapes' }, iterations: 20 }]);
    const canvases = [...document.querySelectorAll('canvas')];
    expect(canvases).toHaveLength(2);
    for (const canvas of canvases) {
      expect(canvas.role).toBe('img');
      expect(canvas.ariaLabel).toMatch(/^\[image 12x8\]\d\? \S*, reward [\d.]+$/);
      const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      expect([width, height]).toEqual([12, 8]);
      const [red, green, blue] = [0, 1, 2].map((channel) => Array.from(data.filter((_, i) => i % 4 === channel)));
      // As pictureRun.ts makes them: green tells which one it is.
      const which = green![0]! / 20;
      expect(red).toEqual(Array.from({ length: 96 }, (_, pixel) => (pixel * (which + 3)) % 256));
      expect([new Set(green), new Set(blue)]).toEqual([new Set([20 * which]), new Set([255 - 20 * which])]);
      expect(new Set(data.filter((_, i) => i % 4 === 3))).toEqual(new Set([255]));
    }
    document.body.replaceChildren();
  });
});
