"""What administrators decide and everybody may ask about: waivers, lists, revocations, rules, explanations."""
