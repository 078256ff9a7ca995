"""Records in, results out: decodes recordings, finds the patient's face, has it scored."""
