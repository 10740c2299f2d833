import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import type { ChatMessage } from '../../../../src/lm/checkpoints/checkpoint.ts';
import { createChatRenderer } from '../../../../src/lm/checkpoints/tokenizer/chatTemplate.ts';
import { packages } from '../tokenizerFixtures.ts';

const messages: ChatMessage[] = [{ role: 'user', content: '  Hi there \n' }];
const render = (template: string, given = messages): string =>
  createChatRenderer(template, new Map([['bos_token', '<s>']]), packages)(given);

describe('createChatRenderer', () => {
  it('gives a template the messages, the special tokens and the question for an answer', () => {
    expect(render('{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m["content"] }}{% endfor %}')).toBe('<s>user:  Hi there \n');
    expect(render('{{ add_generation_prompt }}, {{ tools is none }}, {{ eos_token is defined }}')).toBe('true, true, false');
  });

  // Expected values: Python 3.11's str.
  it.each([
    ["{{ messages[0].content.strip() + '|' }}", 'Hi there|'],
    ['{{ messages[0].content | trim }}', 'Hi there'],
    ["{{ '\\n\\n  x\\n'.strip('\\n') + '|' }}", '  x|'],
    ["{{ '\\n\\n  x\\n'.lstrip('\\n') + '|' }}", '  x\n|'],
    ["{{ '\\n  x\\n\\n'.rstrip('\\n') + '|' }}", '\n  x|'],
    ["{{ 'xyxaxy'.strip('xy') }}", 'a'],
    ["{{ '--a-' | trim('-') }}", 'a'],
    ["{{ 'a-b-c'.replace('-', '+') }}", 'a+b+c'],
    ["{{ 'a-b-c'.replace('-', '$&', 1) }}", 'a$&b-c'],
    ["{{ 'ab'.replace('', '-') }}", '-a-b-'],
    ["{{ 'a-b-c' | replace('-', '', 1) }}", 'ab-c'],
    ["{{ 'a b c'.split(' ')[-1] }}", 'c'],
    ["{{ ['a', 'b'] | join(', ') }}", 'a, b'],
    ['{% for i in range(3) %}{{ i }}{% endfor %}', '012'],
    ['{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}', '531'],
    ['{% set n = namespace(x=0) %}{% for i in range(3) %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}', '3'],
    ['{% for i in range(2000) %}{% if i < 1999 %}{% continue %}{% endif %}{{ i }}{% endfor %}', '1999'],
    ['{% for i in range(9) if i > 6 %}{{ i }}{% endfor %}', '78'],
    ['{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(1) }}', '<1>'],
  ])('does as Python does: %s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  it('strips the white space of Python, not that of JavaScript', () => {
    const given: ChatMessage[] = [{ role: 'user', content: '\u001c\u0085\u00a0\ufeffx\ufeff\u3000' }];
    expect(render('{{ messages[0].content | trim }}', given)).toBe('\ufeffx\ufeff');
  });

  it('reads no clock: a template that asks for one falls back, another is refused', () => {
    expect(render('{% if strftime_now is defined %}now{% else %}26 Jul 2024{% endif %}')).toBe('26 Jul 2024');
    expect(() => render("{{ strftime_now('%d') }}")).toThrow('there is no strftime_now');
  });

  it('passes a complaint of the template on', () => {
    const complain = (): string => render("{{ raise_exception('Roles must alternate') }}");
    expect(complain).toThrow('expected messages that the template takes, got its complaint "Roles must alternate"');
  });

  const doubling = "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}";
  const nesting = '{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}';
  const spaces = '{% set n = namespace(x=namespace(y=1)) %}{% set n.x = namespace(a=n.x, b=n.x) %}';
  it.each([
    [
      'a range without end',
      '{% for i in range(1000000000000) %}x{% endfor %}',
      'a range of 1000000000000 numbers, of which 100000 are the most',
    ],
    ['loops in loops', '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}', 'more work than 4000000 steps'],
    ['a text that doubles', doubling, 'a value of more than 4194304 characters'],
    ['lists that nest', nesting, 'a value of more than 4194304 characters'],
    ['lists that grow', '{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}', 'a list of 131072'],
    ['namespaces that nest', spaces, 'a namespace inside of a value'],
    ['endless recursion', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'steps nested deeper than 400'],
    ['a wide indentation', "{{ 'a' | indent(1000000000) }}", 'a indent with 1000000000 characters'],
    ['a long separator', `{{ ['a', 'b'] | join('${'x'.repeat(99)}') }}`, 'a join with 99 characters'],
    ['a replacement that explodes', `{% set x = '${'a'.repeat(9999)}' %}{{ x.replace('', x) }}`, 'a value of more than 4194304 characters'],
    ['brackets without end', `{{ ${'['.repeat(50_000)} }}`, 'expected a Jinja template'],
    ['a filter that is not there', "{{ 'a' | magic }}", 'expected a template that @huggingface/jinja can carry out'],
    ['a step of range that is 0', '{{ range(1, 2, 0) }}', 'the step of range is 0'],
  ])('refuses %s', (_, template, message) => {
    let caught: unknown;
    try {
      render(template);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(CohortError);
    expect(String(caught)).toContain(message);
  });

  it('cannot reach JavaScript', () => {
    expect(render("{{ messages.constructor }}|{{ ''.__proto__ }}|{{ messages[0].toString }}|{{ globalThis }}")).toBe('|||');
    expect(() => render('{{ messages.constructor.constructor("return 1")() }}')).toThrow(
      'expected a template that @huggingface/jinja can carry out',
    );
  });

  it.each([
    [[], 'messages: expected a list of 1 to 1000 messages, got []'],
    ['Hi', 'messages: expected a list of 1 to 1000 messages, got "Hi"'],
    [[{ role: 'tool', content: 'x' }], 'messages[0]: expected { role, content } with the role'],
    [[messages[0], { role: 'user', content: 5 }], 'messages[1]: expected { role, content } with the role'],
    [[null], 'messages[0]: expected'],
  ])('refuses the messages %j', (given, message) => {
    expect(() => render('x', given as ChatMessage[])).toThrow(message);
  });
});
