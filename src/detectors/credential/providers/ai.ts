import { named, type ProviderKeys, token } from "../../provider-key.ts";
import { alnum, any, hex, lower, of, shape, word } from "../../shape.ts";

export const ai: ProviderKeys = {
  title: { en: "Models and search for agents", de: "Modelle und Suche für Agenten" },
  keys: [
    token("huggingface-org-token", "Hugging Face (organisation)", shape`api_org_${of("A-Za-z", 34)}`),
    token("groq-key", "Groq", shape`gsk_${alnum(50, 54)}`),
    token("perplexity-key", "Perplexity", shape`pplx-${alnum(48)}`),
    token("openrouter-key", "OpenRouter", shape`sk-or-v1-${hex(64)}`),
    token("xai-key", "xAI", shape`xai-${alnum(70, 90)}`),
    token("replicate-token", "Replicate", shape`r8_${alnum(37, 40)}`),
    token("nvidia-key", "NVIDIA", shape`nvapi-${word(60, 70)}`),
    token("cerebras-key", "Cerebras", shape`csk-${lower(48)}`),
    token("fireworks-key", "Fireworks", shape`fw_${alnum(22, 40)}`),
    token("elevenlabs-key", "ElevenLabs", shape`sk_${hex(48)}`),
    token("langsmith-key", "LangSmith", shape`lsv2_${any("pt", "sk")}_${hex(32)}_${hex(10)}`),
    token("langfuse-key", "Langfuse", shape`sk-lf-${word(36)}`),
    token("pinecone-key", "Pinecone", shape`pcsk_${of("A-Za-z0-9_", 60, 80)}`),
    named("cohere-key", "Cohere", ["cohere", "co_api_key"], alnum(40)),
    named("mistral-key", "Mistral", ["mistral"], alnum(32)),
    named("together-key", "Together", ["together_api", "togetherai"], hex(64)),
    named("weights-and-biases-key", "Weights & Biases", ["wandb"], hex(40)),
    named("privateai-key", "Private AI", ["private_ai"], lower(32)),
    token("tavily-key", "Tavily", shape`tvly-${word(32, 64)}`),
    token("jina-key", "Jina", shape`jina_${word(60)}`),
    token("firecrawl-key", "Firecrawl", shape`fc-${hex(32)}`),
    named("kagi-key", "Kagi", ["kagi"], shape`${word(11)}.${word(43)}`),
  ],
};
