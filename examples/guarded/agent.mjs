// An agent whose tool asks Holdfast before it acts. The model is a stand-in that always wants the same: yours goes there.
import { connect, GuardFault } from "holdfast/client";
import { fileStore } from "holdfast/client/file";

const conversation = [{ role: "user", content: process.argv[2] ?? "Refund order 1002 with 900 euros." }];
const holdfast = connect({ store: fileStore("agent-notes") }); // HOLDFAST_URL and HOLDFAST_KEY say where it is, and who asks

const refund = holdfast.tool(
  {
    name: "practice.refund",
    content: () => conversation.map(({ role, content }) => ({ text: content, source: role === "tool" ? "tool:practice.refund" : role })),
    waiting: ({ ticket }) => console.log(`${ticket} waits for a person: holdfast approvals approve ${ticket}`),
  },
  async ({ order, amount }) => {
    console.log(`tool:  paying ${amount} euros for order ${order}`); // this line on the screen is the effect
    return { paid: amount, account: "DE89 3704 0044 0532 0130 00" };
  },
);

function model(messages) {
  const { role, content } = messages.at(-1);
  if (role === "tool") return { text: `This came of it: ${content}` };
  const [order, amount] = content.match(/\d+/g).map(Number);
  return { call: { order, amount } };
}

// A note is left where this was ended in the middle. What waits goes on when it is asked for again; whether the rest was done, somebody has to see.
for (const { name, state } of await holdfast.resume()) console.log(`an earlier start left: ${state} ${name}`);

for (;;) {
  const { text, call } = model(conversation);
  if (call === undefined) {
    console.log(`model: ${text}`);
    break;
  }
  const answer = await refund(call).then(JSON.stringify, (fault) => (fault instanceof GuardFault ? fault.message : Promise.reject(fault)));
  conversation.push({ role: "tool", content: answer });
}
