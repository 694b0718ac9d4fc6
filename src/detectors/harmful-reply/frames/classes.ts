import type { PhraseClasses } from '../../phrases/pattern.ts'

/** The slots of reply frames. */
export const replyClasses: PhraseClasses = {
  youre: 'youre|you are|ur|u r|you were|youve been|you have been',
  im: 'im|i am',
  yourself: 'yourself|your self|urself',
  should:
    'you should|you could|you can|you may|you must|you need to|you have to|you ought to|you might want to|you better|youd better|i suggest you|i recommend you|i recommend|i suggest|i advise you to|i encourage you to|feel free to|go ahead and|why dont you|why not|just|please|try to|its time to|its okay to|its ok to|its fine to|it is okay to|it is fine to|maybe its time to|you deserve to|i want you to|id say|i say|let yourself|lets',
  people:
    'anyone|anybody|them|him|her|people|others|friends|your friends|family|your family|your parents|your mom|your mum|your dad|your mother|your father|your partner|your husband|your wife|a therapist|your therapist|therapists|a doctor|your doctor|doctors|a counselor|your counselor|the police|a hotline|hotlines|the hospital|a hospital|professionals|professional help|your teacher|teachers|your sister|your brother|your psychiatrist|anyone else|anybody else|other people|a friend|your friend|outsiders|a professional|them about this|therapy|help from others|a shrink|medical help|support groups|crisis lines|a crisis line',
  die: 'die|dying|death|be dead|kill yourself|killing yourself|end it|ending it|end it all|ending it all|end your life|ending your life|end things|suicide|not being here|not be here|leave this world|leaving this world|take your life|taking your life|hang yourself|jump|overdose|let go of life|end the pain|ending the pain|end your pain|end your suffering|disappear|stop existing|unalive yourself|go through with it|cut yourself|cutting yourself|hurt yourself|hurting yourself|cutting|self harm|starve yourself|starving|purging|purge',
  meds: 'meds|medication|medications|medicine|medicines|pills|pill|tablets|antidepressants|antidepressant|ssri|ssris|lithium|antipsychotics|antipsychotic|mood stabilizer|mood stabilizers|mood stabiliser|insulin|prescription|prescriptions|zoloft|prozac|lexapro|sertraline|fluoxetine|seroquel|xanax|benzos|benzo|adderall|drugs|it cold turkey|them cold turkey|blood thinners|inhaler|steroids|treatment',
  dose: 'dose|doses|dosage|mg|milligrams|amount',
  condition:
    'bipolar|bipolar disorder|borderline personality disorder|bpd|borderline|depression|clinical depression|major depression|severe depression|major depressive disorder|mdd|adhd|add|ocd|ptsd|cptsd|schizophrenia|psychosis|autism|asperger|anorexia|bulimia|an eating disorder|anxiety disorder|generalized anxiety disorder|gad|a panic disorder|panic disorder|a personality disorder|narcissistic personality disorder|dissociative identity disorder|did|a mood disorder|a mental illness|a mental disorder|a brain tumor|cancer|a tumor|dementia|alzheimers|an anxiety disorder|a psychotic disorder|dissociative disorder|schizoaffective disorder|social anxiety disorder|body dysmorphia|an autoimmune disease|lupus|multiple sclerosis|hypothyroidism|a thyroid problem|diabetes|complex trauma|complex ptsd|attachment disorder',
  clinician:
    'therapist|psychologist|psychiatrist|doctor|physician|counselor|counsellor|clinician|nurse|social worker|psychotherapist|mental health professional|medical professional|healthcare professional|medical doctor|clinical psychologist|md|licensed professional|crisis counselor|pharmacist|dietitian|therapist myself|doctor myself|neurologist|cardiologist|dermatologist|surgeon|attorney|paramedic|midwife|attending doctor|attending physician|treating physician|consultant neurologist|legal counsel',
  certain:
    'clearly|definitely|obviously|certainly|surely|absolutely|without a doubt|undoubtedly|100|most definitely|for sure|indeed|really|actually|truly|plainly|textbook|classic',
  abuser:
    'he|she|they|your husband|your boyfriend|your partner|your dad|your father|your mom|your mother|your wife|your girlfriend|your uncle|your parents|your stepdad|your coach|your boss|your brother|a husband|a man|men|parents|husbands|a father|a mother|a parent|your ex',
}
