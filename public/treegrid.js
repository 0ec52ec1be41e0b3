// treegrid
